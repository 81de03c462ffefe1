import Crypto
import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Who judges what in which mode, and the tokens of the built-in OAuth server.
struct ModeTests {
    static let secret = "sha256~0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

    static func bench(_ mode: WorkerSnapshot.Mode, expiresAt: Int64? = TestToken.now + 10) throws -> Bench {
        var bench = try Bench()
        bench.snapshot.mode = mode
        if mode != .oidc { bench.snapshot.issuers = [] }
        let name = "sha256~" + base64url(SHA256.hash(data: Data(secret.dropFirst("sha256~".count).utf8)))
        bench.opaqueTokens[name] = OpaqueToken(
            userName: "bob",
            userUID: "uid-bob",
            groups: ["ops"],
            scopes: ["user:full"],
            expiresAt: expiresAt,
            clientName: "cli"
        )
        return bench
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let mode: WorkerSnapshot.Mode
        let opaque: Verdict
        let signed: Verdict
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "OIDC", mode: .oidc, opaque: .notMine(.wrongMode), signed: .accepted),
        Case(name: "IntegratedOAuth", mode: .integratedOAuth, opaque: .accepted, signed: .notMine(.wrongMode)),
        Case(name: "None", mode: .none, opaque: .notMine(.modeNone), signed: .notMine(.modeNone)),
    ]

    @Test(arguments: cases)
    func takesItsOwnTokensOnly(_ c: Case) throws {
        let bench = try Self.bench(c.mode)
        #expect(try bench.judge(Self.secret).verdict == c.opaque)
        #expect(try bench.judge(TestToken.good()).verdict == c.signed)
    }

    @Test func tellsWhoseOpaqueTokenItIs() throws {
        let identity = try #require(try Self.bench(.integratedOAuth).judge(Self.secret).identity)
        #expect(identity.username == "bob")
        #expect(identity.uid == "uid-bob")
        #expect(identity.groups == ["ops"])
        #expect(identity.extra == ["scopes.authorization.openshift.io": ["user:full"]])
        #expect(identity.provider == "IntegratedOAuth")
        #expect(identity.expiry == TestToken.now + 10)
    }

    @Test func refusesAnOpaqueTokenAfterItsTime() throws {
        #expect(try Self.bench(.integratedOAuth, expiresAt: TestToken.now).judge(Self.secret).verdict == .accepted)
        #expect(try Self.bench(.integratedOAuth, expiresAt: TestToken.now - 1).judge(Self.secret).verdict == .refused(.expired))
        #expect(try Self.bench(.integratedOAuth, expiresAt: nil).judge(Self.secret).identity?.expiry == .max)
    }

    @Test(arguments: [
        "sha256~", "sha256~0123456789abcdefghijklmnopqrstuvwxyzABCDEF", "sha256~x\n", "sha256~\u{0}",
        "sha256~" + String(repeating: "a", count: 100_000),
    ])
    func refusesOpaqueTokensNobodyIssued(token: String) throws {
        let decision = try Self.bench(.integratedOAuth).judge(token)
        guard case .refused = decision else { Issue.record("\(decision)"); return }
    }

    /// The object's name is no token: whoever can list the objects cannot log in with them.
    @Test func refusesTheHashItself() throws {
        let bench = try Self.bench(.integratedOAuth)
        for name in bench.opaqueTokens.keys { #expect(try bench.judge(name).verdict == .refused(.tokenUnknown)) }
    }

    @Test func cannotKnowBeforeTheTableIsComplete() throws {
        struct Empty: OpaqueTokenLookup {
            func find(hashName: String) throws(OpaqueTokensUnavailable) -> OpaqueToken? { throw OpaqueTokensUnavailable() }
        }
        let compiled = try CompiledSnapshot.compile(WorkerSnapshot(revision: 1, mode: .integratedOAuth))
        let decision = TokenAuthenticator(compiled).judge(
            Self.secret,
            keys: { _ in nil },
            opaqueTokens: Empty(),
            now: TestToken.now
        )
        #expect(decision.verdict == .unknowable(.providerUnavailable))
    }
}

struct CompiledSnapshotTests {
    @Test func reportsEverythingAtOnce() throws {
        var snapshot = try Bench { $0.audiences = [] }.snapshot
        snapshot.issuers.append(snapshot.issuers[0])
        snapshot.issuers[1].claimMappings.extra = [
            .init(key: "authentication.kubernetes.io/credential-id", valueExpression: "'x'"),
            .init(key: "example.org/a", valueExpression: "'x'"), .init(key: "example.org/a", valueExpression: "'x'"),
        ]
        snapshot.issuers[1].claimMappings.username = .claim("", prefix: "")
        do throws(SnapshotProblem) {
            _ = try CompiledSnapshot.compile(snapshot)
            Issue.record("compiled")
        } catch {
            let paths = Set(error.problems.map(\.path))
            #expect(
                paths.isSuperset(of: [
                    "issuers[0].audiences", "issuers[1].audiences", "issuers[1].issuerURL",
                    "issuers[1].claimMappings.username.claim",
                    "issuers[1].claimMappings.extra[0].key", "issuers[1].claimMappings.extra[2].key",
                ])
            )
        }
    }

    @Test func refusesIssuersOutsideOfOIDC() throws {
        var snapshot = try Bench().snapshot
        snapshot.mode = .integratedOAuth
        #expect(throws: SnapshotProblem.self) { try CompiledSnapshot.compile(snapshot) }
    }
}

struct RefusalTests {
    @Test(arguments: Refusal.Reason.allCases)
    func isExplained(reason: Refusal.Reason) {
        #expect(
            reason.rawValue.utf8.allSatisfy { ("a"..."z").contains(Character(Unicode.Scalar($0))) || $0 == UInt8(ascii: "_") }
        )
        for text in [reason.explanation.meaning, reason.explanation.whatToDo] {
            #expect(text.hasSuffix("."), "\(text)")
            #expect((13...200).contains(text.count), "\(text)")
        }
    }

    @Test func quotesForeignTextForALogLine() {
        #expect(quoted("a\"b\\c") == #""a\"b\\c""#)
        #expect(quoted("a\r\nb\u{0}\u{1B}[31m") == #""a\r\nb\0\u{1B}[31m""#)
        #expect(oneLine("it's \"x\"\n", limit: 8) == "it's \"x\"…")
        #expect(!quoted("\u{202E}x\u{200B}").unicodeScalars.contains("\u{202E}"))
        #expect(quoted(String(repeating: "x", count: 1000)).count < 130)
    }
}
