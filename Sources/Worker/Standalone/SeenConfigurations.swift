/// Which contents of the configuration file are known, so that only news is looked at: a pure value.
struct SeenConfigurations: Sendable {
    /// What is in force.
    private(set) var live: [UInt8]
    /// Its number: 1 for the content at the start, one more for each that replaced another.
    private(set) var revision: Int64 = 1
    /// Bytes that were refused do not get better by being read again.
    private var refused: [UInt8]?
    private var complaint: String?

    init(live: [UInt8]) { self.live = live }

    func isNews(_ bytes: [UInt8]) -> Bool { bytes != live && bytes != refused }

    mutating func adopt(_ bytes: [UInt8]) {
        live = bytes
        revision += 1
        refused = nil
        complaint = nil
    }

    mutating func refuse(_ bytes: [UInt8]) { refused = bytes }

    /// Whether there is something to say that was not said last: the same trouble lasts for many looks.
    mutating func isNewComplaint(_ text: String?) -> Bool {
        defer { complaint = text }
        return text != nil && text != complaint
    }
}
