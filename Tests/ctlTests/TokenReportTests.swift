import Authenticator
import Crypto
import Foundation
import JSON
import Snapshot
import Testing

@testable import ctl

/// `ctl token explain` as people read it.
struct TokenReportTests {
    private static let now: Int64 = 1_700_000_000
    private static let issuerURL = "https://sso.example.com/realms/main"
    private let key = P256.Signing.PrivateKey()

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private func token(_ change: (inout JSONValue) -> Void = { _ in }) throws -> String {
        var claims: JSONValue = [
            "iss": .string(Self.issuerURL), "aud": "console", "sub": "f4c1", "email": "alice@example.com",
            "email_verified": true, "groups": ["dev", "ops"], "exp": .integer(Self.now + 300), "jti": "7",
        ]
        change(&claims)
        let text =
            Self.base64URL(#"{"alg":"ES256","kid":"k1","typ":"JWT"}"#.utf8) + "."
            + Self.base64URL(JSONWriter.bytes(of: claims))
        return text + "." + Self.base64URL(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private func report(_ token: String, worker: WorkerVerdict? = nil, notes: [String] = []) throws -> TokenReport {
        let point = key.publicKey.rawRepresentation
        let jwk: JSONValue = [
            "kty": "EC", "crv": "P-256", "kid": "k1", "x": .string(Self.base64URL(point.prefix(32))),
            "y": .string(Self.base64URL(point.suffix(32))),
        ]
        let issuer = Issuer(
            name: "keycloak",
            issuerURL: Self.issuerURL,
            audiences: ["console"],
            claimMappings: ClaimMappings(username: .claim("email", prefix: "sso:"), groups: .claim("groups", prefix: "sso:")),
            claimValidationRules: [.cel(expression: "claims.email.endsWith('@example.com')", message: "one of us")],
            userValidationRules: [.init(expression: "!user.username.startsWith('root')", message: "no root")]
        )
        let configuration = TokenConfiguration(
            name: "revision 7",
            compiled: try .compile(WorkerSnapshot(revision: 7, mode: .oidc, issuers: [issuer])),
            keys: [ExactString(Self.issuerURL): try KeySet.parse(JSONWriter.text(of: ["keys": [jwk]]))],
            notes: notes
        )
        return configuration.report(on: token, worker: worker, now: Self.now)
    }

    @Test func showsAGoodToken() throws {
        let verdict = WorkerVerdict(worker: "worker-1", answer: .accepted(username: "sso:alice@example.com"))
        let notes = ["workers run different revisions (6, 7); --worker NAME judges by that of one of them"]
        try Golden.expect(try report(try token(), worker: verdict, notes: notes).text(.plain), "token-accepted")
    }

    /// What a token says of its user must not pass for a line of ours, move the cursor or turn the writing around.
    @Test func keepsForeignNamesOnTheirLine() throws {
        let name = "e\u{1B}[31m\u{9B}2J\u{202E}\nToken:     accepted\n"
        let refused = try token {
            $0["email"] = .string(name)
            $0["sub"] = .string(name)
            $0["groups"] = [.string(name)]
            $0["jti"] = .string(name)
            $0["aud"] = "account"
        }
        let worker = WorkerVerdict(worker: "worker-1", answer: .accepted(username: name))
        let text = try report(refused, worker: worker).text(.plain)
        #expect(text.contains(#"username: sso:e\u{1B}[31m\u{009B}2J\u{202E}\nToken:     accepted\n"#), "\(text)")
        #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) })
        #expect(text.components(separatedBy: "\nToken:").count == 2)
        for format in [OutputFormat.json, .yaml] {
            let document = try #require(try format.text(of: report(refused, worker: worker).document) { _ in "" })
            #expect(!document.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) })
            #expect(document.contains(#"e\u001b[31m\u009b2J\u202e\nToken:     accepted\n"#), "\(document)")
        }
    }

    @Test func showsAKeycloakAccessToken() throws {
        let verdict = WorkerVerdict(worker: "worker-1", answer: .refused("audience_mismatch id=00ff"))
        let refused = try token {
            $0["aud"] = "account"
            $0["azp"] = "console"
            $0["email"] = "mallory@example.org"
        }
        let text = try report(refused, worker: verdict).text(.plain)
        try Golden.expect(text, "token-refused")
        let document = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/tokens.md")
        #expect(try String(contentsOf: document, encoding: .utf8).contains(text), "the example in docs/tokens.md is another")
    }

    @Test func advisesNothingAboutATokenThatAWorkerTakes() throws {
        let refused = try token { $0["aud"] = "account" }
        let alone = try report(refused)
        #expect(alone.text(.plain).contains("What to do:") && alone.document["advice"] != [])
        let taken = try report(refused, worker: WorkerVerdict(worker: "worker-1", answer: .accepted(username: "a")))
        #expect(!taken.text(.plain).contains("What to do:") && taken.document["advice"] == [])
    }

    struct LastWord: Sendable, CustomTestStringConvertible {
        let name: String
        let status: JSONValue
        let verdict: TokenReport.Verdict
        let isNoted: Bool
        var testDescription: String { name }
    }

    private static let lastWords = [
        LastWord(
            name: "accepted",
            status: ["authenticated": true, "user": ["username": "a"]],
            verdict: .accepted,
            isNoted: false
        ),
        LastWord(
            name: "refused",
            status: ["authenticated": false, "error": "expired id=1"],
            verdict: .refused,
            isNoted: true
        ),
        LastWord(
            name: "cannot know",
            status: ["authenticated": false, "error": "provider_unavailable id=1"],
            verdict: .undecided,
            isNoted: false
        ),
        LastWord(name: "says nothing", status: [:], verdict: .refused, isNoted: true),
    ]

    @Test(arguments: lastWords)
    func theWorkerHasTheLastWord(_ c: LastWord) throws {
        let report = try report(try token(), worker: WorkerVerdict(worker: "w", answer: .init(c.status)))
        #expect(report.verdict == c.verdict)
        #expect(report.document["verdict"]?.stringValue == c.verdict.rawValue)
        #expect(report.text(.plain).contains("decides otherwise") == c.isNoted)
    }

    @Test func showsWhatIsNoToken() throws {
        try Golden.expect(try report("hello").text(.plain), "token-malformed")
    }

    @Test func givesTheSameAsADocument() throws {
        let document = try report(try token { $0["exp"] = 1 }).document
        #expect(document["verdict"] == "refused")
        #expect(document["reason"] == "expired")
        #expect(document["user"]?["username"] == "sso:alice@example.com")
        let failed = document["checks"]?.arrayValue?.first { $0["verdict"] == "failed" }
        #expect(failed?["name"] == "exp")
    }

    /// What is shown is pasted into tickets: the signature, which makes the token work, must not be in it.
    @Test func neverShowsTheToken() throws {
        for text in [try token(), try token { $0["aud"] = "x" }] {
            let report = try report(text)
            let signature = try #require(text.split(separator: ".").last)
            #expect(!report.text(.plain).contains(signature))
            #expect(!JSONWriter.text(of: report.document).contains(signature))
        }
    }
}
