import NIOHTTP1

/// The `Authorization` header of a request, as far as it concerns a worker.
enum BearerCredential: Sendable {
    case none
    /// More than one header, or nothing after the scheme.
    case malformed
    case token(Substring.UTF8View)

    init(_ headers: HTTPHeaders) {
        var found: String?
        var isRepeated = false
        for (name, value) in headers where Self.isAuthorization(name) {
            isRepeated = found != nil
            if found == nil { found = value }
        }
        guard let found else {
            self = .none
            return
        }
        guard let token = Self.afterScheme(found) else {
            // A second header might be meant for somebody behind us who reads the other one.
            self = isRepeated ? .malformed : .none
            return
        }
        self = isRepeated || token.isEmpty ? .malformed : .token(token)
    }

    private static func isAuthorization(_ name: String) -> Bool { isSame(name.utf8, "authorization") }

    /// What follows `Bearer` and its spaces; nil for another scheme.
    private static func afterScheme(_ value: String) -> Substring.UTF8View? {
        let text = Substring(value).utf8.drop { $0 == 0x20 }
        let end = text.firstIndex(of: 0x20) ?? text.endIndex
        guard isSame(text[..<end], "bearer") else { return nil }
        return text[end...].drop { $0 == 0x20 }
    }

    /// - Parameter word: in lower case, letters only.
    private static func isSame(_ text: some Collection<UInt8>, _ word: StaticString) -> Bool {
        text.count == word.utf8CodeUnitCount && word.withUTF8Buffer { word in zip(text, word).allSatisfy { $0 | 0x20 == $1 } }
    }
}
