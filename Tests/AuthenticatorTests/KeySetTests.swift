import Crypto
import CryptoExtras
import Foundation
import JSON
import Testing

@testable import Authenticator

struct KeySetTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// nil: the key is usable.
        let reason: UnusableKey.Reason?
        let jwk: @Sendable (TestKey.Keys) throws -> JSONValue
        var testDescription: String { name }

        init(_ name: String, _ reason: UnusableKey.Reason?, _ jwk: @escaping @Sendable (TestKey.Keys) throws -> JSONValue) {
            self.name = name
            self.reason = reason
            self.jwk = jwk
        }

        static func rsa(_ name: String, _ reason: UnusableKey.Reason?, _ change: @escaping @Sendable (inout JSONValue) -> Void)
            -> Case
        {
            Case(name, reason) { try $0.rsa.jwk(change) }
        }

        static func p256(_ name: String, _ reason: UnusableKey.Reason?, _ change: @escaping @Sendable (inout JSONValue) -> Void)
            -> Case
        {
            Case(name, reason) { try $0.p256.jwk(change) }
        }
    }

    private static func modulus(bits: Int, last: UInt8 = 1) -> JSONValue {
        var bytes = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
        bytes[0] = 1 << UInt8((bits - 1) % 8)
        bytes[bytes.count - 1] = last
        return .string(base64url(bytes))
    }

    static let purposes: [Case] = [
        .rsa("as published", nil) { _ in },
        .rsa("use sig, alg, key_ops, x5c", nil) {
            $0["use"] = "sig"
            $0["alg"] = "PS384"
            $0["key_ops"] = ["sign", "verify"]
            $0["x5c"] = ["not looked at"]
        },
        .rsa("use enc", .notForSignatures("use \"enc\"")) { $0["use"] = "enc" },
        .rsa("key_ops without verify", .notForSignatures("key_ops without verify")) { $0["key_ops"] = ["encrypt"] },
        .rsa("key_ops is a string", .malformed("key_ops")) { $0["key_ops"] = "verify" },
        .rsa("alg of encryption", .algorithm("RSA-OAEP")) { $0["alg"] = "RSA-OAEP" },
        .rsa("alg of a curve", .algorithm("ES256")) { $0["alg"] = "ES256" },
        .rsa("alg HS256", .algorithm("HS256")) { $0["alg"] = "HS256" },
        .rsa("alg is a number", .malformed("alg")) { $0["alg"] = 5 },
        .rsa("kid is a number", .malformed("kid")) { $0["kid"] = 5 },
        .rsa("private half", .privateKeyPublished) { $0["d"] = "AQAB" },
        .p256("alg of another curve", .algorithm("ES384")) { $0["alg"] = "ES384" },
        Case("a secret", .sharedSecret) { _ in ["kty": "oct", "k": "c2VjcmV0"] },
        Case("a new type of key", .unknownKeyType("AKP")) { _ in ["kty": "AKP", "pub": "AA"] },
        Case("no type", .missing("kty")) { _ in [:] },
        Case("type is a number", .malformed("kty")) { _ in ["kty": 1] },
        Case("a string", .notAnObject) { _ in "key" },
        Case("null", .notAnObject) { _ in .null },
    ]

    static let rsa: [Case] = [
        .rsa("1024 bits", .rsaSize(bits: 1024)) { $0["n"] = modulus(bits: 1024) },
        .rsa("2047 bits", .rsaSize(bits: 2047)) { $0["n"] = modulus(bits: 2047) },
        .rsa("2048 bits", nil) { $0["n"] = modulus(bits: 2048) },
        .rsa("8192 bits", nil) { $0["n"] = modulus(bits: 8192) },
        .rsa("8193 bits", .rsaSize(bits: 8193)) { $0["n"] = modulus(bits: 8193) },
        .rsa("no bits", .rsaSize(bits: 0)) { $0["n"] = "" },
        .rsa("zeros in front do not count", .rsaSize(bits: 8)) {
            $0["n"] = .string(base64url([UInt8](repeating: 0, count: 256) + [0xFF]))
        },
        .rsa("even modulus", .rsaModulusEven) { $0["n"] = modulus(bits: 2048, last: 2) },
        .rsa("e = 0", .rsaExponent) { $0["e"] = "AA" },
        .rsa("e = 1", .rsaExponent) { $0["e"] = "AQ" },
        .rsa("e = 2", .rsaExponent) { $0["e"] = "Ag" },
        .rsa("e = 3", nil) { $0["e"] = "Aw" },
        .rsa("e = 65536", .rsaExponent) { $0["e"] = "AQAA" },
        .rsa("e of five bytes", .rsaExponent) { $0["e"] = "AQAAAAE" },
        .rsa("no e", .missing("e")) { $0["e"] = nil },
        .rsa("n is a number", .malformed("n")) { $0["n"] = 5 },
        .rsa("n in plain base64", .malformed("n")) { $0["n"] = "ab+/" },
    ]

    static let curves: [Case] = [
        .p256("as published", nil) { _ in },
        .p256("secp256k1", .unknownCurve("secp256k1")) { $0["crv"] = "secp256k1" },
        .p256("no curve", .missing("crv")) { $0["crv"] = nil },
        .p256("off the curve", .badPoint) { $0["y"] = $0["x"] },
        .p256("point zero", .badPoint) {
            $0["x"] = .string(base64url([UInt8](repeating: 0, count: 32)))
            $0["y"] = $0["x"]
        },
        .p256("short coordinate", .malformed("x")) { $0["x"] = .string(base64url([UInt8](repeating: 1, count: 31))) },
        .p256("long coordinate", .malformed("y")) { $0["y"] = .string(base64url([UInt8](repeating: 1, count: 33))) },
        .p256("the curve of another key", .malformed("x")) { $0["crv"] = "P-384" },
        Case("P-384", nil) { try $0.p384.jwk() },
        Case("P-521", nil) { try $0.p521.jwk() },
        Case("Ed25519", nil) { try $0.ed25519.jwk() },
        Case("X25519", .unknownCurve("X25519")) { try $0.ed25519.jwk { $0["crv"] = "X25519" } },
        Case("Ed448", .unknownCurve("Ed448")) { try $0.ed25519.jwk { $0["crv"] = "Ed448" } },
        Case("Ed25519, 31 bytes", .malformed("x")) {
            try $0.ed25519.jwk { $0["x"] = .string(base64url([UInt8](repeating: 1, count: 31))) }
        },
        Case("Ed25519, y = p, not reduced", .badPoint) {
            try $0.ed25519.jwk { $0["x"] = "7f_______________________________________38" }
        },
        Case("Ed25519, y = 0 with the sign bit", .badPoint) {
            try $0.ed25519.jwk { $0["x"] = .string(base64url([UInt8](repeating: 0, count: 31) + [0x80])) }
        },
    ]

    @Test(arguments: purposes + rsa + curves)
    func sortsKeys(_ c: Case) throws {
        let keys = try TestKey.all.get()
        let set = try Bench.keySet([c.jwk(keys), keys.p521.named("good").jwk()])
        #expect(set.unusable.map(\.reason) == (c.reason.map { [$0] } ?? []))
        #expect(set.keys.contains { $0.keyID == "good" }, "one unusable key does not spoil the set")
        #expect(set.keys.count == (c.reason == nil ? 2 : 1))
        for key in set.unusable { #expect(key.description.count < 200) }
    }

    /// The library has ways to take short keys, so the bound is ours to hold.
    @Test func refusesRealShortRSAKeys() throws {
        let short = TestKey(kid: "short", material: .rsa(try .init(unsafeKeySize: .init(bitCount: 1024))))
        let set = try Bench.keySet([short.jwk()])
        #expect(set.unusable.map(\.reason) == [.rsaSize(bits: 1024)])
        #expect(!set.isUsable)
    }

    @Test func refusesWhatIsNoKeySet() throws {
        for text in [
            "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":[],"keys":[]}"#, "<html>", #"{"keys":[]} x"#,
        ] {
            #expect(throws: KeySetError.self, "\(text)") { try KeySet.parse(text) }
        }
        #expect(try KeySet.parse(#"{"keys":[],"more":1}"#).isUsable == false)
    }

    @Test func boundsTheSet() throws {
        let key = try TestKey.all.get().p256.jwk()
        #expect(try Bench.keySet(.init(repeating: key, count: 512)).keys.count == 512)
        #expect(throws: KeySetError.tooManyKeys(513)) { try Bench.keySet(.init(repeating: key, count: 513)) }
        #expect(throws: KeySetError.tooLarge) { try KeySet.parse(String(repeating: " ", count: 1 << 20) + #"{"keys":[]}"#) }
    }
}
