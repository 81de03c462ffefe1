import Crypto
import Foundation
import JSON
import Snapshot
import SwiftASN1
import Synchronization
import Testing
import X509

@testable import Authenticator

/// Attacks 6 to 11 and 20: what a header may bring along.
struct HeaderAttackTests {
    /// The attacker's own key, under the name of the provider's or under none.
    private static func own(
        _ name: String,
        kid: String?,
        _ change: @escaping @Sendable (inout TestToken, TestKey) throws -> Void
    )
        -> Attack
    {
        Attack("\(name), \(kid.map { "kid \($0)" } ?? "no kid")", .refused(kid == "mine" ? .keyUnknown : .signatureInvalid)) {
            _ in
            let mine = TestKey.makeP256(kid)
            var token = TestToken(alg: "ES256", kid: kid)
            try change(&token, mine)
            return try token.signed(by: mine)
        }
    }

    private static let names: [String?] = ["p256", "mine", nil]

    // MARK: 6

    static let embedded = names.flatMap { kid in
        [
            own("jwk", kid: kid) { $0.header["jwk"] = try $1.jwk() },
            own("jwk without kid", kid: kid) { $0.header["jwk"] = try $1.named(nil).jwk() },
            own("keys", kid: kid) { $0.header["keys"] = [try $1.jwk()] },
        ]
    }

    @Test("Attack 6: the key comes with the token", arguments: embedded)
    func refusesEmbeddedKey(_ attack: Attack) throws { try attack.check() }

    // MARK: 7

    static let addresses = ["jku", "x5u"].flatMap { member in
        names.map { kid in own(member, kid: kid) { token, _ in token.header[member] = .string(attackersKeys) } }
    }

    private static let attackersKeys = "https://attacker.example/keys"

    @Test("Attack 7: the header names the place of the keys", arguments: addresses)
    func refusesAddressOfKeys(_ attack: Attack) throws { try attack.check() }

    /// Even where that place has keys that would verify the token: the judge asks for those of the configured issuer only.
    @Test("Attack 7: keys are asked for by the configured issuer only", arguments: ["jku", "x5u", "iss"])
    func asksForConfiguredKeysOnly(member: String) throws {
        let mine = TestKey.makeP256("p256")
        var bench = try Bench()
        bench.keySets[Self.attackersKeys] = try Bench.keySet([mine.jwk()])
        var token = TestToken.good()
        token.header[member] = .string(Self.attackersKeys)
        let asked = Mutex<[String]>([])
        let decision = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot)).judge(
            try token.signed(by: mine),
            keys: { name in
                asked.withLock { $0.append(name) }
                return bench.keySets[name]
            },
            opaqueTokens: NoOpaqueTokens(),
            now: TestToken.now
        )
        #expect(decision.verdict == .refused(.signatureInvalid))
        #expect(asked.withLock(\.self) == [TestToken.issuerURL])
    }

    /// Nothing that judges could fetch anything: the module knows no network.
    @Test("Attack 7: the module has no way to the network")
    func knowsNoNetwork() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/Authenticator")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 10)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for word in [
                "FoundationNetworking", "URLSession", "Glibc", "contentsOf", "Socket", "NIO", "HTTPClient", "Process(",
            ] {
                #expect(!text.contains(word), "\(file): \(word)")
            }
        }
    }

    // MARK: 8

    static let certificates: [Attack] = names.flatMap { kid in
        [
            own("x5c", kid: kid) { $0.header["x5c"] = [.string(try selfSigned($1).base64EncodedString())] },
            own("x5t", kid: kid) { $0.header["x5t"] = .string(base64url(Insecure.SHA1.hash(data: try selfSigned($1)))) },
            own("x5t#S256", kid: kid) { $0.header["x5t#S256"] = .string(base64url(SHA256.hash(data: try selfSigned($1)))) },
        ]
    }

    @Test("Attack 8: a certificate that nobody vouches for", arguments: certificates)
    func refusesCertificate(_ attack: Attack) throws { try attack.check() }

    private static func selfSigned(_ key: TestKey) throws -> Data {
        guard case .p256(let key) = key.material else { throw WrongKey() }
        let name = try DistinguishedName { CommonName("idp.example") }
        let start = Date(timeIntervalSince1970: Double(TestToken.now))
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: start,
            notValidAfter: start.addingTimeInterval(3600),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: .init(),
            issuerPrivateKey: .init(key)
        )
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return Data(serializer.serializedBytes)
    }

    // MARK: 9

    static let keyNames: [Attack] = [
        "../../../../dev/null", "/etc/passwd", "x' UNION SELECT 'secret' --", "p256\u{0}", "\u{0}p256", "p256 ", "P256",
        "p256\r\ndecision=accepted user=admin", "p256\u{1B}[2J", "p256\u{202E}", "| id", "https://attacker.example/keys",
        "p2\u{FEFF}56", "𝐩256", String(repeating: "k", count: 9_000),
    ]
    .map { kid in
        .signed("kid \(kid.prefix(40).debugDescription)", .refused(.keyUnknown)) { $0.header["kid"] = .string(kid) }
    }

    static let keyNamesOfOtherTypes: [Attack] = [
        .signed("kid is a number", .refused(.malformed)) { $0.header["kid"] = 1 },
        .signed("kid is null", .refused(.malformed)) { $0.header["kid"] = .null },
        .signed("kid is a list", .refused(.malformed)) { $0.header["kid"] = ["p256"] },
        .signed("kid of 1 MB", .notMine(.tooLarge)) { $0.header["kid"] = .string(String(repeating: "k", count: 1 << 20)) },
    ]

    @Test("Attack 9: a path, a query or a log line as the key's name", arguments: keyNames + keyNamesOfOtherTypes)
    func refusesKeyName(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 9: a key's name is compared as bytes")
    func keyNameAsBytes() throws {
        try Attack("decomposed for composed", .refused(.keyUnknown), jwks: { [try $0.p256.named("cl\u{e9}").jwk()] }) {
            try TestToken(alg: "ES256", kid: "cle\u{301}").signed(by: $0.p256)
        }
        .check()
    }

    // MARK: 10

    static let critical: [Attack] = [
        .signed("one that nobody knows", .refused(.headerNotAllowed)) {
            $0.header["crit"] = ["http://example.com/UNDEFINED"]
            $0.header["http://example.com/UNDEFINED"] = true
        },
        .signed("exp", .refused(.headerNotAllowed)) {
            $0.header["crit"] = ["exp"]
            $0.header["exp"] = 1
        },
        .signed("named, but missing", .refused(.headerNotAllowed)) { $0.header["crit"] = ["x"] },
        .signed("a name of the standard's own", .refused(.headerNotAllowed)) { $0.header["crit"] = ["alg"] },
        .signed("an empty list", .refused(.headerNotAllowed)) { $0.header["crit"] = [] },
        .signed("no list", .refused(.headerNotAllowed)) { $0.header["crit"] = "x" },
        .signed("null", .refused(.headerNotAllowed)) { $0.header["crit"] = .null },
        .signed("a log line", .refused(.headerNotAllowed)) { $0.header["crit"] = ["a\r\nb"] },
    ]

    @Test("Attack 10: an extension that must be understood", arguments: critical)
    func refusesCritical(_ attack: Attack) throws { try attack.check() }

    // MARK: 11

    static let unencoded: [Attack] = [
        .signed("b64 false and critical", .refused(.headerNotAllowed)) {
            $0.header["crit"] = ["b64"]
            $0.header["b64"] = false
        },
        .signed("b64 false", .refused(.headerNotAllowed)) { $0.header["b64"] = false },
        .signed("b64 is 0", .refused(.headerNotAllowed)) { $0.header["b64"] = 0 },
        .signed("b64 is null", .refused(.headerNotAllowed)) { $0.header["b64"] = .null },
        Attack("a payload as it is, signed so", .notMine(.malformed)) { keys in
            let header = base64url(#"{"alg":"ES256","kid":"p256","b64":false,"crit":["b64"]}"#.utf8)
            let claims = JSONWriter.text(of: TestToken.good().claims).replacingOccurrences(of: ".", with: #"\u002e"#)
            let text = header + "." + claims
            return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
        },
        Attack("a payload that is elsewhere", .notMine(.malformed)) { keys in
            let token = TestToken.good()
            let signature = base64url(try keys.p256.signature(of: token.signedText, by: "ES256"))
            return base64url(JSONWriter.bytes(of: token.header)) + ".." + signature
        },
    ]

    @Test("Attack 11: a payload that is not encoded, or detached", arguments: unencoded)
    func refusesUnencoded(_ attack: Attack) throws { try attack.check() }

    // MARK: 20

    static let nested: [Attack] = [
        .signed("cty JWT", .refused(.headerNotAllowed)) { $0.header["cty"] = "JWT" },
        .signed("cty jwt", .refused(.headerNotAllowed)) { $0.header["cty"] = "jwt" },
        .signed("cty application/jwt", .refused(.headerNotAllowed)) { $0.header["cty"] = "application/JWT" },
        .signed("cty is a list", .refused(.malformed)) { $0.header["cty"] = ["JWT"] },
        Attack("a token in a token", .notMine(.malformed)) { try wrapped(TestToken.good().signed(by: $0.p256), 1, $0) },
        Attack("ten layers", .notMine(.malformed)) { try wrapped(TestToken.good().signed(by: $0.p256), 10, $0) },
        Attack("a token in quotes", .notMine(.malformed)) { keys in
            let inner = try TestToken.good().signed(by: keys.p256)
            return try TestToken.good { $0.claimsText = "\"\(inner)\"" }.signed(by: keys.p256)
        },
    ]

    private static func wrapped(_ token: String, _ layers: Int, _ keys: Attack.Keys) throws -> String {
        try (0..<layers).reduce(token) { inner, _ in
            try TestToken.good {
                $0.header["cty"] = "JWT"
                $0.claimsText = inner
            }
            .signed(by: keys.p256)
        }
    }

    @Test("Attack 20: a token within a token", arguments: nested)
    func refusesNested(_ attack: Attack) throws { try attack.check() }
}
