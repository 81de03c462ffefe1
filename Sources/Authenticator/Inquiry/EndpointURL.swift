import Foundation

/// An address that a token or an answer named, checked before anybody connects to it.
///
/// Whoever signs tokens may name any address, and a worker stands inside the network. So it must be https, without user, fragment and odd
/// spellings, and not the machine itself or its link, unless the provider itself is there. A name that resolves to such an address
/// gets no further than the TLS handshake: nobody there has a certificate for that name.
package struct EndpointURL: Hashable, Sendable {
    static let maximumLength = 2048

    package let text: String

    /// - Parameter issuerURL: the provider in whose name somebody is to be asked.
    package init(_ text: String, namedBy issuerURL: String) throws(Problem) {
        let host = try Self.host(of: text)
        let locality = try Locality(host)
        if locality != .elsewhere, (try? Locality(Self.host(of: issuerURL))) != locality { throw .isLocal(host) }
        self.text = text
    }

    package enum Problem: Error, Hashable, CustomStringConvertible {
        case malformed(String)
        case isLocal(String)

        package var description: String {
            switch self {
            case .malformed(let why): why
            case .isLocal(let host): "\(host) is this machine or its own link"
            }
        }
    }

    /// The host in lower case, without port and brackets.
    private static func host(of text: String) throws(Problem) -> String {
        guard text.utf8.count <= maximumLength else { throw .malformed("longer than \(maximumLength) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("with characters that do not belong there")
        }
        guard text.lowercased().hasPrefix("https://") else { throw .malformed("not an https URL") }
        let authority = text.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" }.lowercased()
        guard !authority.contains("@") else { throw .malformed("with a user name") }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .malformed("without a host") }
            try checkPort(authority[authority.index(after: end)...])
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        let host = authority.prefix { $0 != ":" }
        try checkPort(authority.dropFirst(host.count))
        let allowed = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(allowed) else {
            throw .malformed("without a host name")
        }
        return String(host.hasSuffix(".") ? host.dropLast() : host)
    }

    private static func checkPort(_ text: Substring) throws(Problem) {
        if text.isEmpty { return }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { throw .malformed("with a port that is none") }
    }
}

/// Which neighbourhood a host is in, as far as its spelling tells.
private enum Locality: Hashable {
    case elsewhere
    /// 127.0.0.0/8, ::1, `localhost`
    case loopback
    /// 169.254.0.0/16, fe80::/10: machines on the same wire, and the metadata services of clouds
    case link
    /// 0.0.0.0/8, ::, and groups of machines
    case nobody

    init(_ host: String) throws(EndpointURL.Problem) {
        if host.contains(":") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, host, &address) == 1 else { throw .malformed("with an address that is none") }
            self = Locality(v6: withUnsafeBytes(of: address) { Array($0) })
            return
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last == "localhost" {
            self = .loopback
            return
        }
        guard let last = labels.last, last.first?.isNumber == true, last.allSatisfy(\.isHexDigit) || last.hasPrefix("0x") else {
            self = .elsewhere
            return
        }
        // `127.1`, `0x7f.0.0.1` and `2130706433` are addresses too, to some; nobody means well by them.
        let bytes = labels.compactMap { $0.count > 1 && $0.hasPrefix("0") ? nil : UInt8($0) }
        guard labels.count == 4, bytes.count == 4 else { throw .malformed("with an address in an odd spelling") }
        self = Locality(v4: bytes)
    }

    private init(v4 bytes: [UInt8]) {
        switch (bytes[0], bytes[1]) {
        case (127, _): self = .loopback
        case (169, 254): self = .link
        case (0, _), (224..., _): self = .nobody
        default: self = .elsewhere
        }
    }

    private init(v6 bytes: [UInt8]) {
        let isZeroTo = { (count: Int) in bytes.prefix(count).allSatisfy { $0 == 0 } }
        if isZeroTo(16) {
            self = .nobody
        } else if isZeroTo(15), bytes[15] == 1 {
            self = .loopback
        } else if isZeroTo(10), bytes[10] == bytes[11], bytes[10] == 0 || bytes[10] == 0xFF {
            // An IPv4 address in IPv6 clothes.
            self = Locality(v4: Array(bytes[12...]))
        } else if bytes.prefix(12) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0] {
            self = Locality(v4: Array(bytes[12...]))
        } else if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 {
            self = .link
        } else if bytes[0] == 0xFF {
            self = .nobody
        } else {
            self = .elsewhere
        }
    }
}
