/// The part of a URL between `//` and the path: user information, host and port.
enum URLAuthority {
    /// The host with its port, once everything about the authority was found in order.
    static func host(of authority: ArraySlice<UInt8>) throws(CELEvaluationError) -> String {
        var host = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            guard isUserInformation(authority[..<at]) else { throw URLReference.refusal("net/url: invalid userinfo") }
            host = authority[(at + 1)...]
        }
        return try check(host)
    }

    private static func isUserInformation(_ bytes: ArraySlice<UInt8>) -> Bool {
        let isAllowed = bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-._:~!$&'()*+,;=%@".utf8.contains($0) }
        return isAllowed && PercentEncoding.decode(bytes, plusIsSpace: false) != nil
    }

    private static func check(_ host: ArraySlice<UInt8>) throws(CELEvaluationError) -> String {
        var name = host
        if host.first == UInt8(ascii: "[") {
            guard let close = host.lastIndex(of: UInt8(ascii: "]")) else { throw URLReference.refusal("missing ']' in host") }
            guard isOptionalPort(host[(close + 1)...]) else { throw URLReference.refusal("invalid port after host") }
            name = host[...close]
        } else if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
            guard isOptionalPort(host[colon...]) else { throw URLReference.refusal("invalid port after host") }
            name = host[..<colon]
        }
        let isAllowed = name.allSatisfy {
            PercentEncoding.isUnreserved($0) || $0 >= 0x80 || "!$&'()*+,;=:[]<>\"%".utf8.contains($0)
        }
        guard isAllowed else { throw URLReference.refusal("invalid character in host name") }
        guard let decoded = PercentEncoding.decode(host, plusIsSpace: false) else {
            throw URLReference.refusal("invalid URL escape")
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Nothing, or a colon and only digits.
    static func isOptionalPort(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        return first == UInt8(ascii: ":") && bytes.dropFirst().allSatisfy(\.isASCIIDigit)
    }
}
