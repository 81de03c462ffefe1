package import CELGenerators
package import JSON

/// Random JSON, and random changes of good JSON and of texts.
package enum Nonsense {
    private static let texts = [
        "", "client", "second", "https://a.example", "https://b.example/é", "https://b.example/e\u{301}", "system:masters",
        "a,system:masters", "a\r\nb", "\u{0}", "K", "\u{212A}", "true", "1700003600", "1e400", "-1", "none", "HS256", "RS256",
        "ES256",
        "EdDSA", "PS512", "JWT", "logout+jwt", "dpop+jwt", "b64", "../../x", "1", "2", "3", "4", "sig", "enc", "verify", "OKP",
        "EC",
        "RSA", "oct", "P-256", "P-384", "Ed25519", "X25519", "AQAB", "Aw", "AQ", "AA", "example.com", "x@y", "\u{202E}",
        "\u{FEFF}",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "groups", "src", "http://169.254.169.254/", "x.y.z",
    ]

    private static let names = [
        "iss", "aud", "exp", "nbf", "iat", "sub", "email", "email_verified", "hd", "groups", "scope", "oid", "jti", "cnf",
        "events",
        "_claim_names", "_claim_sources", "azp", "", "é", "e\u{301}", "sub\u{0}",
    ]

    private static let headerNames = [
        "alg", "kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5c", "x5u", "zip", "enc", "p2c",
    ]
    private static let keyNames = ["kty", "crv", "x", "y", "n", "e", "d", "k", "kid", "alg", "use", "key_ops", "x5c"]

    package enum Kind: Sendable { case claims, header, key }

    private static func names(_ kind: Kind) -> [String] {
        switch kind {
        case .claims: names
        case .header: headerNames
        case .key: keyNames
        }
    }

    package static func value(_ numbers: inout SeededNumbers, depth: Int = 0) -> JSONValue {
        switch numbers.below(depth < 3 ? 16 : 12) {
        case 0: .null
        case 1: .bool(numbers.below(2) == 0)
        case 2: .integer(Int64(bitPattern: numbers.next()))
        case 3: .integer(Int64(numbers.below(5)) - 1)
        case 4: .integer(TokenWorld.now + Int64(numbers.below(200)) - 100)
        case 5: .number(finite(numbers.next()))
        case 6: .number(Double(TokenWorld.now) + 0.5)
        case 7: .string(String(decoding: (0..<numbers.below(12)).map { _ in UInt8(numbers.below(256)) }, as: UTF8.self))
        case 8: .string(String(repeating: numbers.pick(["a", "\u{1F600}", ",", "a,", "AAAA"]), count: numbers.below(1200)))
        case 9, 10, 11: .string(numbers.pick(texts))
        case 12, 13: .array((0..<numbers.below(4)).map { _ in value(&numbers, depth: depth + 1) })
        default:
            .object(
                JSONObject((0..<numbers.below(4)).map { _ in (numbers.pick(names + texts), value(&numbers, depth: depth + 1)) })
            )
        }
    }

    private static func finite(_ bits: UInt64) -> Double {
        let number = Double(bitPattern: bits)
        return number.isFinite ? number : 1e308
    }

    /// Some members set to something else or taken away.
    package static func change(_ value: inout JSONValue, _ kind: Kind, _ numbers: inout SeededNumbers) {
        for _ in 0...numbers.below(3) {
            let name = numbers.below(10) == 0 ? numbers.pick(texts) : numbers.pick(names(kind))
            value[name] = numbers.below(8) == 0 ? nil : self.value(&numbers)
        }
    }

    /// A few bytes changed; most of them stay in the alphabet of what they are in.
    package static func change(_ bytes: inout [UInt8], _ alphabet: [UInt8], _ numbers: inout SeededNumbers) {
        for _ in 0...numbers.below(3) where !bytes.isEmpty {
            let position = numbers.below(bytes.count)
            switch numbers.below(8) {
            case 0: bytes[position] = numbers.pick(alphabet)
            case 1: bytes[position] = UInt8(numbers.below(256))
            case 2: bytes[position] ^= 1 << UInt8(numbers.below(8))
            case 3: bytes.remove(at: position)
            case 4: bytes.insert(numbers.pick(alphabet), at: position)
            case 5: bytes.swapAt(position, numbers.below(bytes.count))
            case 6: bytes.removeSubrange(position..<min(bytes.count, position + 1 + numbers.below(20)))
            default:
                let end = min(bytes.count, position + 1 + numbers.below(20))
                bytes.insert(contentsOf: Array(bytes[position..<end]), at: numbers.below(bytes.count))
            }
        }
    }

    package static let tokenAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_..=+/\n ~".utf8)
    package static let jsonAlphabet = Array("{}[]\",:\\u0019eE+-. \ttfnaskid".utf8)
}
