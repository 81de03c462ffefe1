import Crypto
import CryptoExtras
import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 12 and 15: signatures that only a careless verifier takes.
struct SignatureAttackTests {
    // MARK: 12

    /// The orders of the groups that ECDSA works in.
    static let orders: [(algorithm: String, order: [UInt8])] = [
        ("ES256", hexadecimal("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")),
        (
            "ES384",
            hexadecimal(
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973"
            )
        ),
        (
            "ES512",
            hexadecimal(
                "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA"
                    + "51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409"
            )
        ),
    ]

    /// Signatures that need no key: with the numbers zero or the order, the equation of a careless verifier holds for every text.
    static let keyless: [Attack] = orders.flatMap { algorithm, order in
        let zero = [UInt8](repeating: 0, count: order.count)
        let one = zero.dropLast() + [1]
        let pairs: [(String, [UInt8])] = [
            ("r = 0, s = 0", zero + zero), ("r = 0, s = 1", zero + one), ("r = 1, s = 0", one + zero),
            ("r = 1, s = n", one + order), ("r = n, s = 1", order + one), ("r = n, s = n", order + order),
            ("r = n, s = 0", order + zero), ("all bits", [UInt8](repeating: 0xFF, count: 2 * order.count)),
            ("DER of zeros", [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]),
        ]
        return pairs.map { name, signature in
            Attack("\(algorithm), \(name)", .refused(.signatureInvalid)) { _ in
                TestToken(alg: algorithm).signedText + "." + base64url(signature)
            }
        }
    }

    /// A good signature in another form: two texts for one token.
    static let forms: [Attack] = orders.flatMap { algorithm, order in
        let forms: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
            ("DER", { der($0.prefix($0.count / 2), $0.suffix($0.count / 2)) }),
            ("a zero in front", { [0] + $0 }),
            ("a zero before each number", { [0] + $0.prefix($0.count / 2) + [0] + $0.suffix($0.count / 2) }),
            ("a zero behind", { $0 + [0] }),
            ("the last byte cut off", { $0.dropLast() }),
            ("r only", { Array($0.prefix($0.count / 2)) }),
            ("s and r", { Array($0.suffix($0.count / 2) + $0.prefix($0.count / 2)) }),
            ("s + n", { Array($0.prefix($0.count / 2)) + sum(Array($0.suffix($0.count / 2)), order) }),
        ]
        return forms.map { name, form in
            Attack("\(algorithm), \(name)", .refused(.signatureInvalid)) { keys in
                let text = TestToken(alg: algorithm).signedText
                let good = Array(try keys.fitting(algorithm).signature(of: text, by: algorithm))
                return text + "." + base64url(form(good))
            }
        }
    }

    static let foreign = Attack("of another text", .refused(.signatureInvalid)) { keys in
        let signature = try TestToken.claims { $0["sub"] = "x" }.signed(by: keys.p256).split(separator: ".").last
        return TestToken.good().signedText + "." + (signature ?? "")
    }

    @Test("Attack 12: ECDSA signatures of zeros, in DER, of another length", arguments: keyless + forms + [foreign])
    func refusesEllipticCurve(_ attack: Attack) throws { try attack.check() }

    /// Whoever sees an ECDSA signature can write down its twin with n − s; RFC 7518 allows both. It is the same user, to the same
    /// moment, so nothing may be keyed by a token's text that has to see all uses of the token.
    @Test("Attack 12: the twin of an ECDSA signature gives the same user")
    func twin() throws {
        let bench = try Bench()
        let text = TestToken.good().signedText
        let signature = Array(try bench.keys.p256.signature(of: text, by: "ES256"))
        let twin = signature.prefix(32) + Self.difference(Self.orders[0].order, Array(signature.suffix(32)))
        let decision = try bench.judge(text + "." + base64url(twin))
        #expect(try decision == bench.judge(text + "." + base64url(signature)))
        #expect(decision.verdict == .accepted)
    }

    // MARK: 15

    /// Every encoding of a point whose order divides 8, and y-coordinates that are not reduced.
    static let worthlessPoints: [(name: String, x: String)] =
        [
            ("order 1", "0100000000000000000000000000000000000000000000000000000000000000"),
            ("order 1, sign", "0100000000000000000000000000000000000000000000000000000000000080"),
            ("order 2", "ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F"),
            ("order 2, sign", "ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"),
            ("order 4", "0000000000000000000000000000000000000000000000000000000000000000"),
            ("order 4, sign", "0000000000000000000000000000000000000000000000000000000000000080"),
            ("order 8", "26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05"),
            ("order 8, sign", "26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC85"),
            ("order 8, the other", "C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC037A"),
            ("order 8, the other, sign", "C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC03FA"),
        ]
        + [0, 1, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18].flatMap { y in
            let first = String(0xED + y, radix: 16)
            let middle = String(repeating: "FF", count: 30)
            return [("y = p + \(y)", first + middle + "7F"), ("y = p + \(y), sign", first + middle + "FF")]
        }

    static let worthlessKeys: [Attack] = worthlessPoints.map { name, point in
        let jwk: JSONValue = ["kty": "OKP", "crv": "Ed25519", "kid": "worthless", "x": .string(base64url(hexadecimal(point)))]
        // R = the neutral element and S = 0: verifies under the key of order 1, and by luck under the others.
        let signature = [1] + [UInt8](repeating: 0, count: 63)
        return Attack(name, .refused(.keyUnfit), jwks: { [jwk, try $0.p256.jwk()] }) { _ in
            TestToken(alg: "EdDSA", kid: "worthless").signedText + "." + base64url(signature)
        }
    }

    @Test("Attack 15: Ed25519 keys of small order, or not reduced", arguments: worthlessKeys)
    func refusesWorthlessKey(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 15: the key of order 1 does verify a signature that nobody made")
    func attackIsReal() throws {
        let identity = [1] + [UInt8](repeating: 0, count: 31)
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: identity)
        #expect(key.isValidSignature(identity + [UInt8](repeating: 0, count: 32), for: Data("anything".utf8)))
    }

    static let edwardsForms: [Attack] = {
        // The order of the base point, little end first.
        let order = hexadecimal("EDD3F55C1A631258D69CF7A2DEF9DE1400000000000000000000000000000010")
        let forms: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
            ("S + L", { $0.prefix(32) + sum($0.suffix(32).reversed(), order.reversed()).reversed() }),
            ("S = L", { $0.prefix(32) + order }),
            ("S = 0", { $0.prefix(32) + [UInt8](repeating: 0, count: 32) }),
            ("the highest bit of S", { $0.dropLast() + [($0.last ?? 0) | 0x80] }),
            ("the sign of R", { $0.prefix(31) + [$0[31] ^ 0x80] + $0.suffix(32) }),
            ("63 bytes", { $0.dropLast() }),
            ("65 bytes", { $0 + [0] }),
            ("zeros", { _ in [UInt8](repeating: 0, count: 64) }),
        ]
        return forms.map { name, form in
            Attack(name, .refused(.signatureInvalid)) { keys in
                let text = TestToken(alg: "EdDSA", kid: "ed25519").signedText
                return text + "." + base64url(form(Array(try keys.ed25519.signature(of: text, by: "EdDSA"))))
            }
        }
    }()

    @Test("Attack 15: Ed25519 signatures that are not in the one allowed form", arguments: edwardsForms)
    func refusesEdwardsForm(_ attack: Attack) throws { try attack.check() }

    /// A key with a part of small order, as its owner can make it: the first signature holds only where the verifier multiplies by
    /// eight (ZIP 215), the second everywhere. All our workers use the stricter equation of RFC 8032, so they agree.
    @Test("Attack 15: signatures that verifiers disagree about")
    func disagreement() throws {
        let text = """
            eyJhbGciOiJFZERTQSIsImtpZCI6Im1peGVkIn0.eyJhdWQiOiJjbGllbnQiLCJleHAiOjE3MDAwMDM2MDAsImlhdCI6MTcwMDAwMDAwMCwiaXNzIjoi\
            aHR0cHM6Ly9pZHAuZXhhbXBsZSIsInN1YiI6InUtMSJ9
            """
        let jwk: JSONValue = [
            "kty": "OKP", "crv": "Ed25519", "kid": "mixed", "x": "yHD3LkdVLLWKj7JHvB8OGFRWFm54D2os1_CaYWQEsGA",
        ]
        let lax = "d2ejJC3JtYu8aEiMEmXMbMXybG88iKXVXpAbBzTcpXJz97MSgZsOB1nEAtm84Nt6_XVxw03cZnJSXRvOuDn_DQ"
        let strict = "9H5J-dB60sFga02UBnxB-Xd9T_2nCbcdodiGKPzjTYWnTRjbgQ4oTt55dP_QeKoOyQ9AWINYkEiMYOSm_18NBw"
        try Attack("lax", .refused(.signatureInvalid), jwks: { _ in [jwk] }) { _ in text + "." + lax }.check()
        try Attack("strict", .accepted, jwks: { _ in [jwk] }) { _ in text + "." + strict }.check()
    }
}

// MARK: - Arithmetic on bytes, big end first

extension SignatureAttackTests {
    private static func hexadecimal(_ text: String) -> [UInt8] {
        var digits = Substring(text)
        var bytes: [UInt8] = []
        while !digits.isEmpty {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var carry: UInt16 = 0
        let bytes = zip(left.reversed(), right.reversed()).map { one, other in
            carry += UInt16(one) + UInt16(other)
            defer { carry >>= 8 }
            return UInt8(truncatingIfNeeded: carry)
        }
        return bytes.reversed()
    }

    private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var borrow: Int16 = 0
        let bytes = zip(left.reversed(), right.reversed()).map { one, other in
            let value = Int16(one) - Int16(other) - borrow
            borrow = value < 0 ? 1 : 0
            return UInt8(truncatingIfNeeded: value)
        }
        return bytes.reversed()
    }

    private static func der(_ r: ArraySlice<UInt8>, _ s: ArraySlice<UInt8>) -> [UInt8] {
        let content = [r, s].flatMap { number in
            let digits = number.drop { $0 == 0 }
            let positive = (digits.first ?? 0x80) & 0x80 == 0 ? Array(digits) : [0] + digits
            return [0x02, UInt8(positive.count)] + positive
        }
        return content.count < 128
            ? [0x30, UInt8(content.count)] + content : [0x30, 0x81, UInt8(content.count)] + content
    }
}
