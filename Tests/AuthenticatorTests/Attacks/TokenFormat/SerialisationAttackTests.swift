import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 16 to 19: what looks like a token from afar.
struct SerialisationAttackTests {
    private static func parts(_ keys: Attack.Keys) throws -> [String] {
        try TestToken.good().signed(by: keys.p256).split(separator: ".").map(String.init)
    }

    // MARK: 16

    static let manySignatures: [Attack] = [
        Attack("flattened JSON", .notMine(.malformed)) { keys in
            let parts = try parts(keys)
            return #"{"protected":"\#(parts[0])","payload":"\#(parts[1])","signature":"\#(parts[2])"}"#
        },
        Attack("general JSON, one good signature and one bad", .notMine(.malformed)) { keys in
            let parts = try parts(keys)
            let good = #"{"protected":"\#(parts[0])","signature":"\#(parts[2])"}"#
            return #"{"payload":"\#(parts[1])","signatures":[{"protected":"\#(parts[0])","signature":"AA"},\#(good)]}"#
        },
        Attack("general JSON in base64url", .notMine(.malformed)) { keys in
            let parts = try parts(keys)
            return base64url(
                #"{"payload":"\#(parts[1])","signatures":[{"protected":"\#(parts[0])","signature":"\#(parts[2])"}]}"#.utf8
            )
        },
        Attack("compact, a second signature behind a dot", .notMine(.malformed)) { keys in
            let parts = try parts(keys)
            return (parts + [parts[2]]).joined(separator: ".")
        },
        Attack("compact, a second signature behind a comma", .refused(.malformed)) { keys in
            let parts = try parts(keys)
            return "\(parts[0]).\(parts[1]).\(parts[2]),\(parts[2])"
        },
        Attack("two tokens", .notMine(.malformed)) { keys in
            let token = try TestToken.good().signed(by: keys.p256)
            return token + " " + token
        },
    ]

    @Test("Attack 16: several signatures, JSON serialisation", arguments: manySignatures)
    func refusesManySignatures(_ attack: Attack) throws { try attack.check() }

    // MARK: 17

    /// Another text for the same bytes, in each part; the signature is made over the text as it is sent.
    static let spellings: [(name: String, respelled: @Sendable (String) -> String)] = [
        ("padding", { $0 + String(repeating: "=", count: (4 - $0.utf8.count % 4) % 4 + ($0.utf8.count % 4 == 0 ? 4 : 0)) }),
        ("one sign of padding", { $0 + "=" }),
        ("a line break at the end", { $0 + "\n" }),
        ("a line break within", { $0.prefix(4) + "\r\n" + $0.dropFirst(4) }),
        ("a space in front", { " " + $0 }),
        ("a NUL at the end", { $0 + "\0" }),
        (
            "plus and slash",
            { $0.replacing("-", with: "+").replacing("_", with: "/") + ($0.contains { "-_".contains($0) } ? "" : "+") }
        ),
        (
            "one letter too many",
            { $0.utf8.count % 4 == 0 ? $0 + "A" : $0 + String(repeating: "A", count: 5 - $0.utf8.count % 4) }
        ),
        ("a letter of another script", { $0.dropLast() + "А" }),
    ]

    static let lax: [Attack] = spellings.flatMap { spelling in
        [
            Attack("\(spelling.name), header", .refused(.malformed)) { keys in
                let token = TestToken.good()
                let text =
                    spelling.respelled(base64url(JSONWriter.bytes(of: token.header))) + "."
                    + base64url(JSONWriter.bytes(of: token.claims))
                return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
            },
            Attack("\(spelling.name), claims", .notMine(.malformed)) { keys in
                let token = TestToken.good()
                let text =
                    base64url(JSONWriter.bytes(of: token.header)) + "."
                    + spelling.respelled(base64url(JSONWriter.bytes(of: token.claims)))
                return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
            },
            Attack("\(spelling.name), signature", .refused(.malformed)) { keys in
                let text = TestToken.good().signedText
                return text + "." + spelling.respelled(base64url(try keys.p256.signature(of: text, by: "ES256")))
            },
        ]
    }

    @Test("Attack 17: two spellings of one token", arguments: lax)
    func refusesSpellings(_ attack: Attack) throws { try attack.check() }

    /// 64 bytes end in a letter with four spare bits: to a lax decoder fifteen other letters mean the same.
    @Test("Attack 17: spare bits", arguments: 1..<16)
    func spareBits(bits: Int) throws {
        try Attack("\(bits)", .refused(.malformed)) { keys in
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            let token = try TestToken.good().signed(by: keys.p256)
            let value = token.last.flatMap(alphabet.firstIndex(of:)) ?? 0
            #expect(value & 15 == 0)
            return token.dropLast() + String(alphabet[value | bits])
        }
        .check()
    }

    // MARK: 18

    static let large: [Attack] = [
        Attack("nothing", .notMine(.tokenMissing)) { _ in "" },
        Attack("a word", .notMine(.malformed)) { _ in "token" },
        Attack("a dot", .notMine(.malformed)) { _ in "." },
        Attack("two dots", .notMine(.malformed)) { _ in ".." },
        Attack("16,000 dots", .notMine(.malformed)) { _ in String(repeating: ".", count: 16_000) },
        Attack("10,000 dots behind a good token", .notMine(.malformed)) { keys in
            try TestToken.good().signed(by: keys.p256) + String(repeating: ".", count: 10_000)
        },
        Attack("ten million dots", .notMine(.tooLarge)) { _ in String(repeating: ".", count: 10_000_000) },
        Attack("a header of 10 MB", .notMine(.tooLarge)) { _ in ten + "." + base64url("{}".utf8) + ".AAAA" },
        Attack("claims of 10 MB", .notMine(.tooLarge)) { _ in base64url("{}".utf8) + "." + ten + ".AAAA" },
        Attack("a signature of 10 MB", .notMine(.tooLarge)) { _ in TestToken.good().signedText + "." + ten },
        Attack("a byte longer than a token may be", .notMine(.tooLarge)) { keys in
            let token = try TestToken.good().signed(by: keys.p256)
            return token + String(repeating: "A", count: CompactJWS.maximumLength + 1 - token.utf8.count)
        },
    ]

    private static let ten = String(repeating: "A", count: 10_000_000)

    @Test("Attack 18: many dots, long parts", .timeLimit(.minutes(5)), arguments: large)
    func refusesLarge(_ attack: Attack) throws { try attack.check() }

    /// What is too long is told from its length: hundredfold input costs no more time.
    @Test("Attack 18: length is looked at before anything else")
    func lengthFirst() throws {
        let bench = try Bench()
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot))
        let token = [UInt8](repeating: UInt8(ascii: "."), count: 50_000_000)
        let elapsed = ContinuousClock().measure {
            let decision = authenticator.judge(token, keys: { _ in nil }, opaqueTokens: NoOpaqueTokens(), now: 0)
            #expect(decision.verdict == .notMine(.tooLarge))
        }
        #expect(elapsed < .milliseconds(200), "reading every byte takes seconds in a debug build")
    }

    // MARK: 19

    static let encrypted: [Attack] = [
        Attack("five parts", .notMine(.malformed)) { try TestToken.good().signed(by: $0.p256) + ".AA.AA" },
        Attack("a real shape: RSA-OAEP, A256GCM", .notMine(.malformed)) { _ in
            encrypted(["alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa"])
        },
        Attack("compressed, a bomb", .notMine(.malformed)) { _ in
            encrypted(["alg": "dir", "enc": "A128CBC-HS256", "zip": "DEF"])
        },
        Attack("a password, two thousand million rounds", .notMine(.malformed)) { _ in
            encrypted(["alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_647, "p2s": "AAAA"])
        },
        .signed("three parts, header of an encrypted token", .refused(.algorithmNotAllowed)) {
            $0.header = ["alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_647, "p2s": "AAAA", "kid": "p256"]
        },
        .signed("three parts, dir", .refused(.algorithmNotAllowed)) {
            $0.header = ["alg": "dir", "enc": "A128GCM", "zip": "DEF"]
        },
        Attack("claims that are compressed", .notMine(.malformed)) { keys in
            // The empty text as a DEFLATE stream.
            let text = base64url(#"{"alg":"ES256","kid":"p256","zip":"DEF"}"#.utf8) + "." + base64url([0x03, 0x00])
            return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
        },
    ]

    private static func encrypted(_ header: JSONValue) -> String {
        ([base64url(JSONWriter.bytes(of: header))] + [256, 12, 400, 16].map { base64url([UInt8](repeating: 7, count: $0)) })
            .joined(separator: ".")
    }

    @Test("Attack 19: an encrypted token", .timeLimit(.minutes(5)), arguments: encrypted)
    func refusesEncrypted(_ attack: Attack) throws { try attack.check() }
}
