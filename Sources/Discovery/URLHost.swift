/// The part of an https URL that says who answers: host and port, in lower case.
enum URLHost {
    /// User info, which has no place there, is left in, so that it never looks like somebody else; nil: there is no host.
    static func of(_ url: String) -> String? {
        let url = url.lowercased()
        guard url.hasPrefix("https://") else { return nil }
        let authority = url.dropFirst("https://".count).prefix { !"/?#\\".contains($0) }
        let host = authority.hasSuffix(":443") ? authority.dropLast(4) : authority
        return host.isEmpty ? nil : String(host)
    }
}
