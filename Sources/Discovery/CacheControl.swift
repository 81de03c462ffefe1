/// How long an answer may be kept (RFC 9111 section 5.2.2), as far as key sets need it.
enum CacheControl {
    /// Seconds; 0 when the answer must not be kept; nil when nothing is said.
    ///
    /// - Parameter directives: the values of all `Cache-Control` headers, already split at the commas.
    static func maxAge(_ directives: [String]) -> Int64? {
        var age: Int64?
        for directive in directives.map({ $0.lowercased() }) {
            if directive == "no-store" || directive == "no-cache" { return 0 }
            guard directive.hasPrefix("max-age=") else { continue }
            let digits = directive.dropFirst("max-age=".count).filter { $0 != "\"" }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            // More digits than fit are "for ever"; of several values the shortest counts.
            age = min(age ?? .max, Int64(digits) ?? .max)
        }
        return age
    }
}
