import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 31 to 34: a token that was made for somebody else, by somebody else, or for something else.
struct AudienceAttackTests {
    // MARK: 31

    static let audiences: [Attack] = [
        .claim("aud", nil, "absent", .refused(.claimMissing)),
        .claim("aud", .null, "null", .refused(.claimMissing)),
        .claim("aud", "", "empty", .refused(.audienceMismatch)),
        .claim("aud", [], "an empty list", .refused(.audienceMismatch)),
        .claim("aud", [""], "a list with an empty one", .refused(.audienceMismatch)),
        .claim("aud", ["client": true], "an object", .refused(.claimType)),
        .claim("aud", [["client"]], "a list in a list", .refused(.claimType)),
        .claim("aud", ["client", 1], "a list with a number", .refused(.claimType)),
        .claim("aud", true, "true", .refused(.claimType)),
        .claim("aud", "client2", "one that begins with ours", .refused(.audienceMismatch)),
        .claim("aud", "clien", "the beginning of ours", .refused(.audienceMismatch)),
        .claim("aud", "CLIENT", "capitals", .refused(.audienceMismatch)),
        .claim("aud", " client", "a space in front", .refused(.audienceMismatch)),
        .claim("aud", "client\u{0}", "NUL", .refused(.audienceMismatch)),
        .claim("aud", "client second", "a list with spaces", .refused(.audienceMismatch)),
        .claim("aud", "second,client", "a list with commas", .refused(.audienceMismatch)),
        .claim("aud", "*", "a star", .refused(.audienceMismatch)),
        .claim("aud", "openid client profile", "the scope, as some access tokens have it", .refused(.audienceMismatch)),
    ]

    @Test("Attack 31: aud is missing, of another shape, or only resembles ours", arguments: audiences)
    func refusesAudience(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 31: without an audience nothing is configured", arguments: [[], [""], ["client", ""]])
    func noAudience(audiences: [String]) throws {
        #expect(throws: SnapshotProblem.self) {
            try CompiledSnapshot.compile(try Bench { $0.audiences = audiences }.snapshot)
        }
    }

    // MARK: 32

    /// Many providers put the same default audience into the tokens of all their clients; who asked for the token is no audience.
    static let shared: [Attack] = ["azp", "client_id", "appid", "cid", "resource_access", "scope"].map { claim in
        .signed("aud account, \(claim) is ours", .refused(.audienceMismatch)) {
            $0.claims["aud"] = ["account"]
            $0.claims[claim] = claim == "resource_access" ? ["client": ["roles": ["admin"]]] : "client"
        }
    }

    @Test("Attack 32: an audience that all clients share", arguments: shared)
    func refusesSharedAudience(_ attack: Attack) throws { try attack.check() }

    // MARK: 33

    /// Two providers with a key of the same name: the token's `iss` says whose keys count, and whose rules.
    struct Mixed: CustomTestStringConvertible, Sendable {
        let name: String
        let iss: String
        let signedByTheOther: Bool
        let verdict: Verdict
        var kid: String? = "1"
        var testDescription: String { name }
    }

    static let mixed: [Mixed] = [
        Mixed(name: "ours", iss: TestToken.issuerURL, signedByTheOther: false, verdict: .accepted),
        Mixed(name: "theirs", iss: "https://other.example", signedByTheOther: true, verdict: .accepted),
        Mixed(
            name: "their key for our name",
            iss: TestToken.issuerURL,
            signedByTheOther: true,
            verdict: .refused(.signatureInvalid)
        ),
        Mixed(
            name: "our key for their name",
            iss: "https://other.example",
            signedByTheOther: false,
            verdict: .refused(.signatureInvalid)
        ),
        Mixed(
            name: "their key for our name, no kid",
            iss: TestToken.issuerURL,
            signedByTheOther: true,
            verdict: .refused(.signatureInvalid),
            kid: nil
        ),
        Mixed(
            name: "their key for our name, a kid only they have",
            iss: TestToken.issuerURL,
            signedByTheOther: true,
            verdict: .refused(.keyUnknown),
            kid: "2"
        ),
    ]

    @Test("Attack 33: one provider's key for another's name", arguments: mixed)
    func mixedProviders(_ mixed: Mixed) throws {
        var bench = try Bench()
        var other = bench.snapshot.issuers[0]
        other.name = "other"
        other.issuerURL = "https://other.example"
        other.claimMappings.username = .claim("sub", prefix: "other:")
        bench.snapshot.issuers.append(other)
        let (ours, theirs) = (TestKey.makeP256("1"), TestKey.makeP256("1"))
        bench.keySets = [
            TestToken.issuerURL: try Bench.keySet([ours.jwk()]),
            other.issuerURL: try Bench.keySet([theirs.jwk(), theirs.named("2").jwk()]),
        ]
        var token = TestToken(kid: mixed.kid)
        token.claims["iss"] = .string(mixed.iss)
        let decision = try bench.judge(try token.signed(by: mixed.signedByTheOther ? theirs : ours))
        #expect(decision.verdict == mixed.verdict)
        if let identity = decision.identity {
            #expect(identity.username == (mixed.signedByTheOther ? "other:u-1" : "idp:u-1"))
            #expect(identity.provider == (mixed.signedByTheOther ? "other" : "idp"))
        }
    }

    static let issuers: [Attack] = [
        "HTTPS://IDP.EXAMPLE", "https://IDP.example", "https://idp.example/", "https://idp.example:443", "http://idp.example",
        "https://idp.example#", "https://idp.example?", "https://idp%2eexample", "https://idp.example\u{0}",
        " https://idp.example",
        "https://user@idp.example", "https://idp.examp\u{217C}e", "idp.example", "",
    ]
    .map { iss in .claim("iss", .string(iss), iss.debugDescription, .notMine(.issuerUnknown)) }

    static let issuersOfOtherTypes: [Attack] = [
        .claim("iss", ["https://idp.example"], "a list", .notMine(.claimType)),
        .claim("iss", ["https://idp.example": true], "an object", .notMine(.claimType)),
        .claim("iss", .null, "null", .notMine(.claimType)),
        .claim("iss", nil, "absent", .notMine(.claimMissing)),
    ]

    @Test("Attack 33: iss resembles a configured issuer", arguments: issuers + issuersOfOtherTypes)
    func refusesIssuer(_ attack: Attack) throws { try attack.check() }

    // MARK: 34

    private static let other = Verdict.refused(.tokenTypeNotAllowed)

    /// Made by the same provider with the same key, and no credential.
    static let otherPurposes: [Attack] = [
        .signed("a logout token by its type", other) { $0.header["typ"] = "logout+jwt" },
        .signed("a logout token by its event", other) {
            $0.claims["events"] = ["http://schemas.openid.net/event/backchannel-logout": [:]]
        },
        .signed("a security event by its type", other) { $0.header["typ"] = "application/SecEvent+JWT" },
        .signed("a security event by its event", other) {
            $0.claims["events"] = ["https://schemas.openid.net/secevent/risc/event-type/account-disabled": ["subject": [:]]]
        },
        .signed("a security event by an event with a URN", other) { $0.claims["events"] = ["urn:example:event": [:]] },
        .signed("a proof of possession", other) { $0.header["typ"] = "dpop+jwt" },
        .signed("an answer about a token", other) { $0.header["typ"] = "token-introspection+jwt" },
        .signed("a request object", other) { $0.header["typ"] = "oauth-authz-req+jwt" },
        .signed("a statement of a federation", other) { $0.header["typ"] = "entity-statement+jwt" },
        .signed("typ is a list", .refused(.malformed)) { $0.header["typ"] = ["logout+jwt"] },
        .signed("a client's assertion", .notMine(.issuerUnknown)) {
            $0.claims["iss"] = "client"
            $0.claims["sub"] = "client"
            $0.claims["aud"] = .string(TestToken.issuerURL)
        },
        .signed("signed user info: no time", .refused(.claimMissing)) { $0.claims["exp"] = nil },
        .signed("an answer to an authorisation request: no user", .refused(.claimMissing)) {
            $0.claims["sub"] = nil
            $0.claims["code"] = "secret"
        },
        .signed("an access token whose audience is its scope", .refused(.audienceMismatch)) {
            $0.header["typ"] = "at+jwt"
            $0.claims["aud"] = "openid groups profile email"
        },
        .signed("an access token for another resource", .refused(.audienceMismatch)) {
            $0.header["typ"] = "at+jwt"
            $0.claims["aud"] = "https://api.example"
        },
    ]

    @Test("Attack 34: a token for another purpose", arguments: otherPurposes)
    func refusesOtherPurpose(_ attack: Attack) throws { try attack.check() }

    /// ID tokens and access tokens (RFC 9068) are both credentials; the audience says where.
    @Test("Attack 34: types that are credentials", arguments: ["JWT", "at+jwt", "application/at+jwt", "id+jwt", "", "JOSE"])
    func credential(type: String) throws {
        try Attack.signed(type, .accepted) { $0.header["typ"] = .string(type) }.check()
        try Attack.signed("a claim of its own named events", .accepted) { $0.claims["events"] = ["login": 1] }.check()
        try Attack.signed("a list of events", .accepted) { $0.claims["events"] = ["a:b"] }.check()
    }
}
