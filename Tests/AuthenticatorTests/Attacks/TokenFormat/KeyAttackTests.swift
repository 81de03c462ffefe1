import Crypto
import CryptoExtras
import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 13 and 14: keys that make forging easy, or verifying expensive.
struct KeyAttackTests {
    private static func published(
        _ name: String,
        _ jwk: JSONValue,
        token: @escaping @Sendable (Attack.Keys) throws -> String
    ) -> Attack {
        var jwk = jwk
        jwk["kid"] = "weak"
        return Attack(name, .refused(.keyUnfit), jwks: { [jwk] in [jwk, try $0.p256.jwk()] }, token: token)
    }

    // MARK: 13

    private static func modulus(bits: Int, last: UInt8 = 1) -> JSONValue {
        var bytes = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
        bytes[0] = 1 << UInt8((bits - 1) % 8)
        bytes[bytes.count - 1] = last
        return .string(base64url(bytes))
    }

    private static func rsa(_ name: String, n: JSONValue = modulus(bits: 2048), e: JSONValue = "AQAB") -> Attack {
        published(name, ["kty": "RSA", "n": n, "e": e]) { try TestToken(alg: "RS256", kid: "weak").signed(by: $0.rsa) }
    }

    /// What a signature becomes when it is raised to the exponent; under e = 1 it is the signature itself.
    private static func padded(_ text: String) -> [UInt8] {
        let algorithm: [UInt8] = [
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
        ]
        let digest = algorithm + SHA256.hash(data: Data(text.utf8))
        return [0, 1] + [UInt8](repeating: 0xFF, count: 256 - 3 - digest.count) + [0] + digest
    }

    static let rsaKeys: [Attack] = [
        published("e = 1, a signature that needs no key", ["kty": "RSA", "n": modulus(bits: 2048), "e": "AQ"]) { _ in
            let text = TestToken(alg: "RS256", kid: "weak").signedText
            return text + "." + base64url(padded(text))
        },
        rsa("e = 0", e: "AA"), rsa("e = 2", e: "Ag"), rsa("e = 65536", e: "AQAA"), rsa("no e", e: ""),
        rsa("e of five bytes", e: "AQAAAAE"),
        rsa("e as long as the modulus", e: modulus(bits: 2048)),
        rsa("1024 bits", n: modulus(bits: 1024)), rsa("2047 bits", n: modulus(bits: 2047)), rsa("no bits", n: ""),
        rsa(
            "2048 bits, all but eight of them zeros in front",
            n: .string(base64url([UInt8](repeating: 0, count: 255) + [0xFF]))
        ),
        rsa("an even modulus", n: modulus(bits: 2048, last: 2)),
        rsa("8193 bits", n: modulus(bits: 8193)), rsa("16,384 bits", n: modulus(bits: 16_384)),
        rsa("800,000 bits", n: modulus(bits: 800_000)),
    ]

    @Test("Attack 13: RSA keys that are too short, too long or too simple", .timeLimit(.minutes(5)), arguments: rsaKeys)
    func refusesRsaKey(_ attack: Attack) throws { try attack.check() }

    /// The bound is held twice: by us, and by the library's initialiser.
    @Test("Attack 13: a token that a 1024-bit key really signed")
    func shortKey() throws {
        let short = TestKey(kid: "weak", material: .rsa(try .init(unsafeKeySize: .init(bitCount: 1024))))
        try Self.published("signed", try short.jwk()) { _ in try TestToken(alg: "RS256", kid: "weak").signed(by: short) }
            .check()
    }

    static let bounds: [(n: JSONValue, e: JSONValue, reason: UnusableKey.Reason)] = [
        (modulus(bits: 1024), "AQAB", .rsaSize(bits: 1024)), (modulus(bits: 2047), "AQAB", .rsaSize(bits: 2047)),
        (modulus(bits: 8193), "AQAB", .rsaSize(bits: 8193)), (modulus(bits: 2048, last: 2), "AQAB", .rsaModulusEven),
        (modulus(bits: 2048), "AQ", .rsaExponent), (modulus(bits: 2048), "Ag", .rsaExponent),
        (modulus(bits: 2048), "AQAAAAE", .rsaExponent),
    ]

    /// The library would refuse some of them as well; that may change with its next version.
    @Test("Attack 13: it is our own bounds that refuse a key, not the library's", arguments: bounds)
    func ownBounds(n: JSONValue, e: JSONValue, reason: UnusableKey.Reason) throws {
        let set = try Bench.keySet([["kty": "RSA", "n": n, "e": e]])
        #expect(set.unusable.map(\.reason) == [reason])
        #expect(!set.isUsable)
    }

    /// The cube of this number begins like a padded digest of the text and goes on with rubbish: enough for a verifier that does
    /// not look at the end, under every modulus with e = 3.
    @Test("Attack 13: a cube root for a signature")
    func cubeRoot() throws {
        let text = """
            eyJhbGciOiJSUzI1NiIsImtpZCI6InRocmVlIn0.eyJhdWQiOiJjbGllbnQiLCJleHAiOjE3MDAwMDM2MDAsImlhdCI6MTcwMDAwMDAwMCwiaXNzIjoi\
            aHR0cHM6Ly9pZHAuZXhhbXBsZSIsInN1YiI6InUtMSJ9
            """
        let root =
            "Msv9SnrceQVYPXZ1IPUWQHWRdtN4JvLvY649x61R9W9FUh40D9EKNCIRv"
            + "wsHY7ZskZ-Vui2pWPav8e2-bNFHrxAz4R62z-Fbg1Snd0nStyjdwcaBQg"
        // 342 letters are 256 bytes.
        let signature = String(repeating: "A", count: 342 - root.utf8.count) + root
        try Attack(
            "e = 3",
            .refused(.signatureInvalid),
            jwks: { _ in [["kty": "RSA", "kid": "three", "n": Self.modulus(bits: 2048), "e": "Aw"]] },
            token: { _ in text + "." + signature }
        )
        .check()
    }

    // MARK: 14

    private static func point(_ name: String, curve: JSONValue = "P-256", x: JSONValue, y: JSONValue) -> Attack {
        published(name, ["kty": "EC", "crv": curve, "x": x, "y": y]) {
            try TestToken(alg: "ES256", kid: "weak").signed(by: $0.p256)
        }
    }

    private static let zero: JSONValue = .string(base64url([UInt8](repeating: 0, count: 32)))
    private static let one: JSONValue = .string(base64url([UInt8](repeating: 0, count: 31) + [1]))
    private static let all: JSONValue = .string(base64url([UInt8](repeating: 0xFF, count: 32)))
    /// With x = 0 this y is on P-256.
    private static let y: JSONValue = "ZkhceA4vg9ckM71dhKBrtlQcKvMdrocXKL-FahdPk_Q"
    /// The same point, if only the two lengths together are looked at.
    private static let shifted = (
        x: JSONValue.string(base64url([UInt8](repeating: 0, count: 31))),
        y: JSONValue.string(base64url([0] + (Base64URL.decode(Array((y.stringValue ?? "").utf8)) ?? [])))
    )

    static let points: [Attack] = [
        point("(0, 0), which stands for infinity in some code", x: zero, y: zero),
        point("(1, 1)", x: one, y: one),
        point("beyond the prime", x: all, y: all),
        point("x not reduced: the prime itself for zero", x: "_____wAAAAEAAAAAAAAAAAAAAAD_______________8", y: y),
        point("the curve of another size", curve: "P-384", x: zero, y: y),
        point("secp256k1", curve: "secp256k1", x: zero, y: y),
        point("no curve", curve: .null, x: zero, y: y),
        point("a coordinate without its zeros in front", x: "AA", y: y),
        point("a zero more in front", x: .string(base64url([UInt8](repeating: 0, count: 33))), y: y),
        point("a zero that belongs to x in front of y", x: shifted.x, y: shifted.y),
        point("no coordinates", x: "", y: ""),
        point("compressed", x: .string(base64url([2] + [UInt8](repeating: 0, count: 32))), y: ""),
    ]

    @Test("Attack 14: points that are not on the curve", arguments: points)
    func refusesPoint(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 14: the point that the others are made of is good")
    func goodPoint() throws {
        let set = try Bench.keySet([["kty": "EC", "crv": "P-256", "x": Self.zero, "y": Self.y]])
        #expect(set.unusable.isEmpty)
    }

    /// One such key never spoils the set.
    @Test("Attacks 13 and 14: the other keys of the set go on", arguments: rsaKeys + points)
    func othersGoOn(_ attack: Attack) throws {
        var bench = try Bench()
        bench.keySets[TestToken.issuerURL] = try Bench.keySet(try attack.jwks?(bench.keys) ?? [])
        #expect(try bench.judge(TestToken.good()).verdict == .accepted)
    }
}
