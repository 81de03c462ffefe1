import Foundation

/// A URL as far as Go's `net/url` would read it, for Kubernetes takes what that takes: `https:` alone is a URL, too.
struct GoURL {
    struct Problem: Error {
        let message: String
    }

    /// In small letters; empty if there is none.
    private(set) var scheme = ""
    private(set) var hasUserInformation = false
    private(set) var hasQuery = false
    private(set) var hasFragment = false

    init(_ text: String) throws(Problem) {
        var rest = Array(text.utf8)[...]
        var fragment = rest.suffix(0)
        if let sign = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = rest[(sign + 1)...]
            rest = rest[..<sign]
        }
        guard !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Problem(message: "net/url: invalid control character in URL")
        }
        scheme = try Self.takeScheme(&rest)
        if let sign = rest.firstIndex(of: UInt8(ascii: "?")) {
            hasQuery = sign + 1 < rest.endIndex
            rest = rest[..<sign]
        }
        try readHierarchy(rest)
        try Self.checkEscapes(fragment)
        hasFragment = !fragment.isEmpty
    }

    /// What stands between the scheme and the query.
    private mutating func readHierarchy(_ text: ArraySlice<UInt8>) throws(Problem) {
        guard text.first == UInt8(ascii: "/") else {
            // `mailto:someone`: nothing more to take apart.
            if !scheme.isEmpty { return }
            if text.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) {
                throw Problem(message: "first path segment in URL cannot contain colon")
            }
            return try Self.checkEscapes(text)
        }
        var path = text
        if text.starts(with: "//".utf8), !scheme.isEmpty || !text.starts(with: "///".utf8) {
            let authority = text.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            path = text[authority.endIndex...]
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
                try GoURLHost.check(authority[(at + 1)...])
                guard Self.isUserInformation(authority[..<at]) else {
                    throw Problem(message: "net/url: invalid userinfo")
                }
                hasUserInformation = true
            } else {
                try GoURLHost.check(authority)
            }
        }
        try Self.checkEscapes(path)
    }

    private static func takeScheme(_ rest: inout ArraySlice<UInt8>) throws(Problem) -> String {
        for (position, byte) in zip(rest.indices, rest) {
            let isFirst = position == rest.startIndex
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if isFirst { return "" }
            case UInt8(ascii: ":"):
                if isFirst { throw Problem(message: "missing protocol scheme") }
                let scheme = String(decoding: rest[..<position], as: UTF8.self).lowercased()
                rest = rest[(position + 1)...]
                return scheme
            default: return ""
            }
        }
        return ""
    }

    private static func isUserInformation(_ bytes: ArraySlice<UInt8>) -> Bool {
        let isAllowed = bytes.allSatisfy { $0.isURLUnreserved || ":!$&'()*+,;=%@".utf8.contains($0) }
        return isAllowed && escapes(in: bytes) != nil
    }

    static func checkEscapes(_ bytes: ArraySlice<UInt8>) throws(Problem) {
        guard escapes(in: bytes) != nil else { throw Problem(message: "invalid URL escape") }
    }

    /// The bytes that `%` stands for; nil if two hexadecimal digits are missing somewhere.
    static func escapes(in bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var found: [UInt8] = []
        var rest = bytes
        while let sign = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[(sign + 1)...].prefix(2)
            // A radix initialiser would take a sign as well.
            guard digits.count == 2, digits.allSatisfy(\.isHexadecimal),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            found.append(byte)
            rest = rest[digits.endIndex...]
        }
        return found
    }
}

/// The host and port of a URL.
enum GoURLHost {
    static func check(_ text: ArraySlice<UInt8>) throws(GoURL.Problem) {
        if text.contains(UInt8(ascii: "[")) {
            guard text.first == UInt8(ascii: "["), let close = text.lastIndex(of: UInt8(ascii: "]")) else {
                throw GoURL.Problem(message: "missing ']' in host")
            }
            try checkPort(text[(close + 1)...])
            return try checkAddress(text[(text.startIndex + 1)..<close])
        }
        var name = text
        if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            try checkPort(text[colon...])
            name = text[..<colon]
        }
        let isAllowed = name.allSatisfy { $0 >= 0x80 || $0.isURLUnreserved || "!$&'()*+,;=]<>\"%".utf8.contains($0) }
        guard isAllowed else { throw GoURL.Problem(message: "invalid character in host name") }
        // A host may only hide bytes that are no ASCII.
        guard let hidden = GoURL.escapes(in: name), hidden.allSatisfy({ $0 >= 0x80 || $0 == UInt8(ascii: "%") }) else {
            throw GoURL.Problem(message: "invalid URL escape")
        }
    }

    /// Nothing, or a colon and only digits.
    private static func checkPort(_ text: ArraySlice<UInt8>) throws(GoURL.Problem) {
        guard let first = text.first else { return }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard first == UInt8(ascii: ":"), text.dropFirst().allSatisfy(isDigit) else {
            throw GoURL.Problem(message: "invalid port \"\(String(decoding: text, as: UTF8.self))\" after host")
        }
    }

    /// An IPv6 address, perhaps with a zone behind `%25`; one that only wraps an IPv4 address is none.
    private static func checkAddress(_ text: ArraySlice<UInt8>) throws(GoURL.Problem) {
        let whole = String(decoding: text, as: UTF8.self)
        let address = whole.split(separator: "%25", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        var bytes = in6_addr()
        let isAddress = inet_pton(AF_INET6, address, &bytes) == 1
        let octets = withUnsafeBytes(of: bytes) { Array($0) }
        let isWrapped = octets.prefix(10).allSatisfy { $0 == 0 } && octets[10] == 0xFF && octets[11] == 0xFF
        guard isAddress, !isWrapped else { throw GoURL.Problem(message: "invalid host") }
    }
}

extension UInt8 {
    fileprivate var isURLUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(self)
        }
    }

    fileprivate var isHexadecimal: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
