import JSON
import Testing

@testable import Snapshot

struct WorkerSnapshotTests {
    static let issuer = Issuer(
        name: "sso",
        issuerURL: "https://sso.example/realms/one",
        discoveryURL: "https://sso.internal/.well-known/openid-configuration",
        audiences: ["console", "cli"],
        certificateAuthority: "PEM",
        claimMappings: ClaimMappings(
            username: .claim("email", prefix: "sso:"),
            groups: .expression("claims.roles"),
            uid: .claim("sub", prefix: ""),
            extra: [.init(key: "example.org/tenant", valueExpression: "claims.tenant")]
        ),
        claimValidationRules: [
            .requiredClaim(claim: "hd", requiredValue: "example.com"), .cel(expression: "claims.a == 1", message: "no"),
        ],
        userValidationRules: [UserValidationRule(expression: "true", message: "never")],
        seed: KeySeed(jwks: "{\"keys\":[]}", fetchedAt: 1_700_000_000)
    )

    static let snapshot = WorkerSnapshot(revision: 7, mode: .oidc, issuers: [issuer], oauthMetadata: "{}")

    @Test func comesBackTheSameFromJSON() throws {
        let text = JSONWriter.text(of: try JSONValue(encoding: Self.snapshot), pretty: true)
        #expect(try JSONParser.parse(text).decoded(as: WorkerSnapshot.self) == Self.snapshot)
        let bare = WorkerSnapshot(revision: 1, mode: .none)
        #expect(try JSONValue(encoding: bare).decoded(as: WorkerSnapshot.self) == bare)
    }

    @Test func hasADigestOfAFixedForm() throws {
        let digest = try Self.snapshot.digest()
        #expect(digest.count == 64)
        #expect(digest.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
        #expect(try Self.snapshot.digest() == digest)
        // Written down so that a change of the encoding, which would make every stored digest wrong, is noticed.
        #expect(
            try WorkerSnapshot(revision: 1, mode: .none).digest()
                == "01c423f29124f324f083cec1935090f555242cf5d76de91ed826812e1396b6ef"
        )
    }

    /// What an earlier version stored has none of the later fields, and must keep its digest.
    @Test func takesASnapshotOfAnEarlierVersion() throws {
        let stored =
            #"{"revision":3,"mode":"OIDC","issuers":[{"name":"a","issuerURL":"https://a","audiences":["x"],"claimMappings":{"username":{"claim":{"_0":"sub","prefix":""}},"extra":[]},"claimValidationRules":[],"userValidationRules":[],"allowsReservedNames":false}]}"#
        let snapshot = try JSONParser.parse(stored).decoded(as: WorkerSnapshot.self)
        #expect(snapshot.issuers[0].staticKeys == nil)
        #expect(JSONWriter.bytes(of: try JSONValue(encoding: snapshot)) == JSONWriter.bytes(of: try JSONParser.parse(stored)))
    }

    /// The encoding of revisions that were stored before there was `groupsText`.
    @Test func anAbsentMeaningOfGroupsIsNotEncoded() throws {
        let mappings = try JSONValue(encoding: Self.issuer.claimMappings)
        #expect(mappings.objectValue?.names == ["extra", "groups", "uid", "username"])
    }

    struct Change: CustomTestStringConvertible, Sendable {
        let name: String
        let changesContent: Bool
        let apply: @Sendable (inout WorkerSnapshot) -> Void
        var testDescription: String { name }
    }

    static let changes = [
        Change(name: "revision", changesContent: false) { $0.revision = 8 },
        Change(name: "key seed", changesContent: false) { $0.issuers[0].seed?.fetchedAt = 1 },
        Change(name: "key seed gone", changesContent: false) { $0.issuers[0].seed = nil },
        Change(name: "mode", changesContent: true) { $0.mode = .none },
        Change(name: "issuer URL, a slash more", changesContent: true) { $0.issuers[0].issuerURL += "/" },
        Change(name: "audience", changesContent: true) { $0.issuers[0].audiences.append("x") },
        Change(name: "username prefix", changesContent: true) {
            $0.issuers[0].claimMappings.username = .claim("email", prefix: "")
        },
        Change(name: "no uid", changesContent: true) { $0.issuers[0].claimMappings.uid = nil },
        Change(name: "no groups", changesContent: true) { $0.issuers[0].claimMappings.groups = nil },
        Change(name: "a groups text is one group", changesContent: true) { $0.issuers[0].claimMappings.groupsText = .oneGroup },
        Change(name: "rule order", changesContent: true) { $0.issuers[0].claimValidationRules.reverse() },
        Change(name: "reserved names", changesContent: true) { $0.issuers[0].allowsReservedNames = true },
        Change(name: "static keys", changesContent: true) { $0.issuers[0].staticKeys = "{}" },
        Change(name: "metadata", changesContent: true) { $0.oauthMetadata = nil },
        Change(name: "composed and decomposed name", changesContent: true) { $0.issuers[0].name = "sso\u{301}" },
    ]

    @Test(arguments: changes)
    func digestsFollowTheContent(_ c: Change) throws {
        var changed = Self.snapshot
        c.apply(&changed)
        #expect(try changed.digest() != Self.snapshot.digest())
        #expect(try (changed.contentDigest() != Self.snapshot.contentDigest()) == c.changesContent)
    }
}
