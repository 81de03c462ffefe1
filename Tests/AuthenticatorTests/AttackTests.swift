import Crypto
import CryptoExtras
import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Tokens made to get in. Each is refused for the reason that its defence gives.
struct AttackTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let name: String
        let verdict: Verdict
        let token: @Sendable (TestKey.Keys) throws -> String
        var testDescription: String { name }

        init(_ name: String, _ verdict: Verdict, _ token: @escaping @Sendable (TestKey.Keys) throws -> String) {
            self.name = name
            self.verdict = verdict
            self.token = token
        }

        /// A token that is signed well, whatever else it says.
        static func signed(_ name: String, _ verdict: Verdict, _ change: @escaping @Sendable (inout TestToken) -> Void)
            -> Attack
        {
            Attack(name, verdict) { try TestToken.good(change).signed(by: $0.p256, alg: "ES256") }
        }
    }

    // MARK: Algorithms

    static let noAlgorithm = [
        "none", "None", "NONE", "nOnE", "", "null", "HS256", "HS384", "HS512", "rs256", "RS1", "ES256K", "RSA1_5", "dir",
    ]
    .map { name in
        Attack("alg \(name), empty signature", .refused(.algorithmNotAllowed)) { _ in TestToken(alg: name).signedText + "." }
    }

    /// The public key, in every form an attacker has it, as the secret of an HMAC.
    static let confusion: [Attack] = [
        Attack("HS256 with the PEM of the public key", .refused(.algorithmNotAllowed)) { keys in
            guard case .rsa(let key) = keys.rsa.material else { throw WrongKey() }
            return hmac(TestToken(alg: "HS256", kid: "rsa"), Data(key.publicKey.pemRepresentation.utf8))
        },
        Attack("HS256 with the modulus", .refused(.algorithmNotAllowed)) { keys in
            guard case .rsa(let key) = keys.rsa.material else { throw WrongKey() }
            return hmac(TestToken(alg: "HS256", kid: "rsa"), try key.publicKey.getKeyPrimitives().modulus)
        },
        Attack("HS256 with the point", .refused(.algorithmNotAllowed)) { keys in
            guard case .p256(let key) = keys.p256.material else { throw WrongKey() }
            return hmac(TestToken(alg: "HS256", kid: "p256"), key.publicKey.x963Representation)
        },
        Attack("an HMAC where RS256 is claimed", .refused(.signatureInvalid)) { keys in
            guard case .rsa(let key) = keys.rsa.material else { throw WrongKey() }
            return hmac(TestToken(alg: "RS256", kid: "rsa"), Data(key.publicKey.pemRepresentation.utf8))
        },
        Attack("the key of a curve for RSA", .refused(.keyUnfit)) {
            try TestToken(alg: "RS256", kid: "p256").signed(by: $0.rsa)
        },
        Attack("the key of another curve", .refused(.keyUnfit)) {
            try TestToken(alg: "ES384", kid: "p256").signed(by: $0.p384)
        },
        Attack("somebody else's key", .refused(.signatureInvalid)) {
            try TestToken(alg: "RS256", kid: "rsa").signed(by: $0.otherRSA)
        },
    ]

    private static func hmac(_ token: TestToken, _ secret: Data) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(token.signedText.utf8), using: SymmetricKey(data: secret))
        return token.signedText + "." + base64url(code)
    }

    // MARK: Signatures

    static let signatures: [Attack] = [
        Attack("r = 0 and s = 0", .refused(.signatureInvalid)) { _ in
            TestToken.good().signedText + "." + base64url([UInt8](repeating: 0, count: 64))
        },
        Attack("r = 1 and s = the order", .refused(.signatureInvalid)) { _ in
            let order: [UInt8] = [
                0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
            ]
            return TestToken.good().signedText + "." + base64url([UInt8](repeating: 0, count: 31) + [1] + order)
        },
        Attack("ECDSA in DER", .refused(.signatureInvalid)) { keys in
            guard case .p256(let key) = keys.p256.material else { throw WrongKey() }
            let text = TestToken.good().signedText
            return text + "." + base64url(try key.signature(for: SHA256.hash(data: Data(text.utf8))).derRepresentation)
        },
        Attack("the signature of another token", .refused(.signatureInvalid)) { keys in
            let signature = try TestToken.claims { $0["sub"] = "x" }.signed(by: keys.p256).split(separator: ".").last
            return TestToken.good().signedText + "." + (signature ?? "")
        },
        Attack("Ed25519 with S not reduced", .refused(.signatureInvalid)) { keys in
            let token = TestToken(alg: "EdDSA", kid: "ed25519")
            var signature = Array(try keys.ed25519.signature(of: token.signedText, by: "EdDSA"))
            // S + L is the same number modulo the order, and another text for the same token.
            let order: [UInt8] = [
                0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
            ]
            var carry: UInt16 = 0
            for index in 0..<32 {
                let sum = UInt16(signature[32 + index]) + UInt16(order[index]) + carry
                signature[32 + index] = UInt8(truncatingIfNeeded: sum)
                carry = sum >> 8
            }
            return token.signedText + "." + base64url(signature)
        },
    ]

    // MARK: Header

    static let headers: [Attack] = [
        .signed("crit", .refused(.headerNotAllowed)) { $0.header["crit"] = ["exp"] },
        .signed("empty crit", .refused(.headerNotAllowed)) { $0.header["crit"] = [] },
        .signed("crit and b64", .refused(.headerNotAllowed)) {
            $0.header["crit"] = ["b64"]
            $0.header["b64"] = false
        },
        .signed("b64 false without crit", .refused(.headerNotAllowed)) { $0.header["b64"] = false },
        .signed("a token within", .refused(.headerNotAllowed)) { $0.header["cty"] = "JWT" },
        .signed("a token within, small letters", .refused(.headerNotAllowed)) { $0.header["cty"] = "application/jwt" },
        .signed("alg is a list", .refused(.malformed)) { $0.header["alg"] = ["ES256"] },
        .signed("no alg", .refused(.malformed)) { $0.header["alg"] = nil },
        .signed("kid is a number", .refused(.malformed)) { $0.header["kid"] = 1 },
        .signed("kid is a path", .refused(.keyUnknown)) { $0.header["kid"] = "../../../../dev/null" },
        .signed("kid is SQL", .refused(.keyUnknown)) { $0.header["kid"] = "x' UNION SELECT 'secret' --" },
        .signed("kid with NUL", .refused(.keyUnknown)) { $0.header["kid"] = "p256\u{0}" },
        .signed("kid of 10 KB", .refused(.keyUnknown)) { $0.header["kid"] = .string(String(repeating: "k", count: 10_000)) },
        .signed("alg twice", .refused(.malformed)) { $0.headerText = #"{"alg":"none","alg":"ES256","kid":"p256"}"# },
        .signed("header is a list", .refused(.malformed)) { $0.headerText = #"["ES256"]"# },
        .signed("header with trailing bytes", .refused(.malformed)) { $0.headerText = #"{"alg":"ES256","kid":"p256"} x"# },
        .signed("a logout token", .refused(.tokenTypeNotAllowed)) { $0.header["typ"] = "logout+jwt" },
        .signed("a security event", .refused(.tokenTypeNotAllowed)) { $0.header["typ"] = "application/SecEvent+JWT" },
        .signed("a proof of possession", .refused(.tokenTypeNotAllowed)) { $0.header["typ"] = "dpop+jwt" },
        .signed("a logout token that says nothing in its header", .refused(.tokenTypeNotAllowed)) {
            $0.claims["events"] = ["http://schemas.openid.net/event/backchannel-logout": [:]]
        },
    ]

    /// A key or the address of one in the header: the attacker's own key, which must not be used or fetched.
    static let embedded = ["jwk", "jku", "x5u", "x5c"].map { member in
        Attack("\(member) in the header", .refused(.signatureInvalid)) { _ in
            let mine = TestKey.makeP256("p256")
            var token = TestToken.good()
            token.header[member] =
                member == "jwk" ? try mine.jwk() : member == "x5c" ? ["AAAA"] : "https://attacker.example/keys"
            return try token.signed(by: mine)
        }
    }

    // MARK: Form

    static let forms: [Attack] = [
        Attack("nothing", .notMine(.tokenMissing)) { _ in "" },
        Attack("a word", .notMine(.malformed)) { _ in "token" },
        Attack("two dots", .notMine(.malformed)) { _ in ".." },
        Attack("two parts", .notMine(.malformed)) { _ in TestToken.good().signedText },
        Attack("four parts", .notMine(.malformed)) { try TestToken.good().signed(by: $0.p256) + ".AA" },
        Attack("an encrypted token", .notMine(.malformed)) { try TestToken.good().signed(by: $0.p256) + ".AA.AA" },
        Attack("dots only", .notMine(.malformed)) { _ in String(repeating: ".", count: 10_000) },
        Attack("dots only, longer than a token may be", .notMine(.tooLarge)) { _ in String(repeating: ".", count: 1_000_000) },
        Attack("a byte longer than a token may be", .notMine(.tooLarge)) { keys in
            let token = try TestToken.good().signed(by: keys.p256)
            return token + String(repeating: "A", count: CompactJWS.maximumLength + 1 - token.utf8.count)
        },
        Attack("JSON serialisation", .notMine(.malformed)) { keys in
            let parts = try TestToken.good().signed(by: keys.p256).split(separator: ".")
            return #"{"protected":"\#(parts[0])","payload":"\#(parts[1])","signature":"\#(parts[2])"}"#
        },
        Attack("padding after the signature", .refused(.malformed)) { try TestToken.good().signed(by: $0.p256) + "==" },
        Attack("line break after the signature", .refused(.malformed)) { try TestToken.good().signed(by: $0.p256) + "\n" },
        Attack("space in front", .refused(.malformed)) { " " + (try TestToken.good().signed(by: $0.p256)) },
        Attack("plus and slash for minus and underscore", .refused(.malformed)) { keys in
            let parts = try TestToken.good().signed(by: keys.p256).split(separator: ".")
            return "\(parts[0]).\(parts[1])."
                + parts[2].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/") + "+"
        },
        Attack("last bits that are not zero", .refused(.malformed)) { keys in
            // 64 bytes end in a character with four spare bits: the next letter stands for the same bytes in a lax decoder.
            let token = try TestToken.good().signed(by: keys.p256)
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            let value = token.last.flatMap(alphabet.firstIndex(of:)) ?? 0
            return token.dropLast() + String(alphabet[value + 1])
        },
    ]

    // MARK: Claims

    static let claims: [Attack] = [
        .signed("iss twice", .notMine(.malformed)) {
            $0.claimsText =
                #"{"iss":"https://idp.example","iss":"https://evil.example","aud":"client","sub":"x","exp":1700003600}"#
        },
        .signed("sub twice, once escaped", .notMine(.malformed)) {
            $0.claimsText = #"{"iss":"https://idp.example","aud":"client","sub":"x","\u0073ub":"admin","exp":1700003600}"#
        },
        .signed("byte order mark", .notMine(.malformed)) { $0.claimsText = "\u{FEFF}" + JSONWriter.text(of: $0.claims) },
        .signed("lone surrogate", .notMine(.malformed)) {
            $0.claimsText = #"{"iss":"https://idp.example","aud":"client","sub":"\ud800","exp":1700003600}"#
        },
        .signed("nested deeply", .notMine(.malformed)) {
            $0.claimsText = #"{"iss":"https://idp.example","x":"# + String(repeating: "[", count: 6000)
        },
        .signed("number out of range", .notMine(.malformed)) {
            $0.claimsText = #"{"iss":"https://idp.example","aud":"client","sub":"x","exp":1e400}"#
        },
        .signed("claims are a list", .notMine(.malformed)) { $0.claimsText = "[]" },
        .signed("claims are empty", .notMine(.malformed)) { $0.claimsText = "" },
        .signed("iss in capitals", .notMine(.issuerUnknown)) { $0.claims["iss"] = "HTTPS://IDP.EXAMPLE" },
        .signed("iss with a slash more", .notMine(.issuerUnknown)) { $0.claims["iss"] = "https://idp.example/" },
        .signed("iss with a port", .notMine(.issuerUnknown)) { $0.claims["iss"] = "https://idp.example:443" },
        .signed("iss with a letter that looks alike", .notMine(.issuerUnknown)) {
            $0.claims["iss"] = "https://idp.examp\u{217C}e"
        },
        .signed("iss is a list", .notMine(.claimType)) { $0.claims["iss"] = ["https://idp.example"] },
        .signed("no iss", .notMine(.claimMissing)) { $0.claims["iss"] = nil },
        .signed("system:masters as a group", .refused(.groupReserved)) { $0.claims["groups"] = ["system:masters"] },
        .signed("system:masters in a list with commas", .refused(.groupReserved)) { $0.claims["groups"] = "a, system:masters" },
        .signed("system:admin as the user", .refused(.usernameReserved)) { $0.claims["sub"] = "system:admin" },
        .signed("line break in the user name", .refused(.usernameInvalid)) {
            $0.claims["sub"] = "jane\r\nX-Remote-Group: system:masters"
        },
        .signed("NUL in the user name", .refused(.usernameInvalid)) { $0.claims["sub"] = "jane\u{0}" },
        .signed("user name of 10 KB", .refused(.usernameInvalid)) {
            $0.claims["sub"] = .string(String(repeating: "a", count: 10_000))
        },
        .signed("line break in a group", .refused(.groupInvalid)) { $0.claims["groups"] = ["a\nb"] },
        .signed("3000 groups", .refused(.tooManyGroups)) {
            $0.claims["groups"] = .string(String(repeating: "a,", count: 3000))
        },
    ]

    static let all = noAlgorithm + confusion + signatures + headers + embedded + forms + claims

    @Test(arguments: all)
    func isRefused(_ attack: Attack) throws {
        // Without prefixes, so that reserved names reach their own check.
        let bench = try Bench {
            $0.claimMappings.username = .claim("sub", prefix: "")
            $0.claimMappings.groups = .claim("groups", prefix: "")
        }
        let token = try attack.token(bench.keys)
        let decision = try bench.judge(token)
        #expect(decision.verdict == attack.verdict)
        // What goes to the log has no line breaks and not the token.
        let detail = decision.refusal?.description ?? ""
        #expect(!detail.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(detail.count < 600)
        #expect(token.count < 40 || !detail.contains(token.suffix(40)))
    }

    @Test func keepsLookAlikeUsersApart() throws {
        let bench = try Bench()
        let composed = try bench.judge(TestToken.claims { $0["sub"] = "jos\u{e9}" }).identity?.username
        let decomposed = try bench.judge(TestToken.claims { $0["sub"] = "jose\u{301}" }).identity?.username
        #expect(composed.map { Array($0.utf8) } == Array("idp:jos\u{e9}".utf8))
        #expect(decomposed.map { Array($0.utf8) } == Array("idp:jose\u{301}".utf8))
    }

    /// A key of small order verifies signatures that nobody made; the set leaves it out.
    @Test func leavesOutWorthlessEdwardsKeys() throws {
        let identity = [1] + [UInt8](repeating: 0, count: 31)
        let forged = identity + [UInt8](repeating: 0, count: 32)
        let worthless = try Curve25519.Signing.PublicKey(rawRepresentation: identity)
        #expect(worthless.isValidSignature(forged, for: Data("anything".utf8)), "the attack is real")

        var bench = try Bench()
        let jwk: JSONValue = ["kty": "OKP", "crv": "Ed25519", "kid": "small", "x": .string(base64url(identity))]
        bench.keySets[TestToken.issuerURL] = try Bench.keySet([jwk, bench.keys.rsa.jwk()])
        let token = TestToken(alg: "EdDSA", kid: "small").signedText + "." + base64url(forged)
        #expect(try bench.judge(token).verdict == .refused(.keyUnfit))
    }
}
