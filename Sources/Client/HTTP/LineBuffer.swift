/// Cuts a stream of bytes into lines, holding no more than one line and one chunk.
struct LineBuffer {
    /// The longest line there may be.
    let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to here there is no line end after `start`, so it is not looked at twice.
    private var searched = 0

    init(limit: Int) { self.limit = limit }

    /// False when what is held is longer than a line may be.
    mutating func append(_ chunk: some Collection<UInt8>) -> Bool {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: chunk)
        return bytes.count - chunk.count <= limit
    }

    /// The next whole line without its end; empty lines are skipped.
    mutating func takeLine() -> [UInt8]? {
        while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            start = end + 1
            searched = start
            if !line.isEmpty { return Array(line) }
        }
        searched = bytes.count
        return nil
    }
}
