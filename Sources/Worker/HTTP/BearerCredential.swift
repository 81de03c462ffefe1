import NIOHTTP1

/// The `Authorization` header of a request, as far as it concerns a worker.
enum BearerCredential: Hashable, Sendable {
    case none
    /// More than one header, or nothing after the scheme.
    case malformed
    case token([UInt8])

    init(_ headers: HTTPHeaders) {
        let values = headers["Authorization"]
        guard let value = values.first else {
            self = .none
            return
        }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.first?.lowercased() == "bearer" else {
            // A second header might be meant for somebody behind us who reads the other one.
            self = values.count == 1 ? .none : .malformed
            return
        }
        guard values.count == 1, parts.count == 2 else {
            self = .malformed
            return
        }
        self = .token(Array(parts[1].utf8.drop { $0 == 0x20 }))
    }
}
