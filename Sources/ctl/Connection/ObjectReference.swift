/// A type, and perhaps a name, as typed.
struct ObjectReference: Hashable {
    let type: String
    let name: String?

    /// Reads all forms: `TYPE`, `TYPE,TYPE`, `TYPE NAME NAME`, `TYPE/NAME TYPE/NAME`.
    static func parse(_ words: [String]) throws(CommandFailure) -> [ObjectReference] {
        guard let first = words.first else {
            throw CommandFailure("say which objects: TYPE, TYPE NAME or TYPE/NAME (ctl api-resources lists the types)")
        }
        if words.contains(where: { $0.contains("/") }) {
            return try words.map { (word) throws(CommandFailure) in
                let parts = word.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw CommandFailure("\"\(word)\" is not TYPE/NAME; when one object is named so, all must be")
                }
                return ObjectReference(type: String(parts[0]), name: String(parts[1]))
            }
        }
        let types = first.split(separator: ",").map(String.init)
        let names = words.dropFirst()
        return types.flatMap { type in
            names.isEmpty ? [ObjectReference(type: type, name: nil)] : names.map { ObjectReference(type: type, name: $0) }
        }
    }
}
