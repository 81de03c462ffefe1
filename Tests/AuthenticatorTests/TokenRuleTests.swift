import JSON
import Snapshot
import Testing

@testable import Authenticator

/// The claims that the standards define: time, audience, form.
struct TokenRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let verdict: Verdict
        let change: @Sendable (inout JSONValue) -> Void
        var testDescription: String { name }

        init(_ name: String, _ verdict: Verdict, _ change: @escaping @Sendable (inout JSONValue) -> Void) {
            self.name = name
            self.verdict = verdict
            self.change = change
        }

        static func claim(_ claim: String, _ name: String, _ value: JSONValue?, _ verdict: Verdict) -> Case {
            Case("\(claim) \(name)", verdict) { $0[claim] = value }
        }
    }

    static let now = TestToken.now

    static let expiry: [Case] = [
        .claim("exp", "in a second", .integer(now + 1), .accepted),
        .claim("exp", "this very second", .integer(now), .accepted),
        .claim("exp", "this second, fraction", .number(Double(now) + 0.5), .accepted),
        .claim("exp", "a second ago", .integer(now - 1), .refused(.expired)),
        .claim("exp", "a fraction less than a second ago", .number(Double(now) - 0.5), .refused(.expired)),
        .claim("exp", "zero", 0, .refused(.expired)),
        .claim("exp", "negative", -1, .refused(.expired)),
        .claim("exp", "absent", nil, .refused(.claimMissing)),
        .claim("exp", "null", .null, .refused(.claimType)),
        .claim("exp", "true", true, .refused(.claimType)),
        .claim("exp", "a list", [1_700_003_600], .refused(.claimType)),
        .claim("exp", "a number as a string", "1700003600", .accepted),
        .claim("exp", "a fraction as a string", "1700003600.25", .accepted),
        .claim("exp", "an old number as a string", "1600000000", .refused(.expired)),
        .claim("exp", "a string that is no number", "tomorrow", .refused(.claimType)),
        .claim("exp", "a string with a space", "1700003600 ", .refused(.claimType)),
        .claim("exp", "a hexadecimal string", "0x7fffffff", .refused(.claimType)),
        .claim("exp", "a string of a huge number", "1e400", .refused(.claimType)),
        .claim("exp", "an empty string", "", .refused(.claimType)),
        .claim("exp", "the largest integer", .integer(.max), .refused(.claimType)),
        .claim("exp", "the smallest integer", .integer(.min), .refused(.claimType)),
        .claim("exp", "1e20", .number(1e20), .refused(.claimType)),
        .claim("exp", "1e308", .number(1e308), .refused(.claimType)),
        .claim("exp", "-1e308", .number(-1e308), .refused(.claimType)),
        .claim("exp", "in milliseconds", .integer(now * 1000), .refused(.claimType)),
        .claim("exp", "the last second of the year 9999", 253_402_300_799, .accepted),
        .claim("exp", "the second after", 253_402_300_800, .refused(.claimType)),
    ]

    static let beginning: [Case] = [
        .claim("nbf", "absent", nil, .accepted),
        .claim("nbf", "now", .integer(now), .accepted),
        .claim("nbf", "60 seconds ahead", .integer(now + 60), .accepted),
        .claim("nbf", "61 seconds ahead", .integer(now + 61), .refused(.notYetValid)),
        .claim("nbf", "long ago", 1, .accepted),
        .claim("nbf", "null", .null, .refused(.claimType)),
        .claim("nbf", "a word", "now", .refused(.claimType)),
        .claim("nbf", "the smallest integer", .integer(.min), .refused(.claimType)),
        .claim("iat", "absent", nil, .accepted),
        .claim("iat", "in the future", .integer(now + 9999), .accepted),
        .claim("iat", "a fraction", .number(1.5), .accepted),
        .claim("iat", "null", .null, .refused(.claimType)),
        .claim("iat", "a word", "now", .refused(.claimType)),
        .claim("iat", "an object", [:], .refused(.claimType)),
    ]

    static let audience: [Case] = [
        .claim("aud", "a string", "client", .accepted),
        .claim("aud", "a list", ["x", "client", "y"], .accepted),
        .claim("aud", "the other configured one", ["second"], .accepted),
        .claim("aud", "another", "other", .refused(.audienceMismatch)),
        .claim("aud", "a longer one", "client2", .refused(.audienceMismatch)),
        .claim("aud", "a part", "clien", .refused(.audienceMismatch)),
        .claim("aud", "in capitals", "CLIENT", .refused(.audienceMismatch)),
        .claim("aud", "a list in a string", "client second", .refused(.audienceMismatch)),
        .claim("aud", "an empty list", [], .refused(.audienceMismatch)),
        .claim("aud", "an empty string", "", .refused(.audienceMismatch)),
        .claim("aud", "a list with an empty string", [""], .refused(.audienceMismatch)),
        .claim("aud", "absent", nil, .refused(.claimMissing)),
        .claim("aud", "null", .null, .refused(.claimMissing)),
        .claim("aud", "an object", ["client": true], .refused(.claimType)),
        .claim("aud", "a list in a list", [["client"]], .refused(.claimType)),
        .claim("aud", "a list with a number", ["client", 1], .refused(.claimType)),
    ]

    static let distributed: [Case] = [
        Case("groups kept elsewhere, and nobody to ask", .unknowable(.claimsSourceUnavailable)) {
            $0["_claim_names"] = ["groups": "src1"]
            $0["_claim_sources"] = ["src1": ["endpoint": "https://idp.example/groups"]]
        },
        Case("groups kept elsewhere and here", .accepted) {
            $0["groups"] = ["a"]
            $0["_claim_names"] = ["groups": "src1"]
            $0["_claim_sources"] = ["src1": ["endpoint": "https://idp.example/groups"]]
        },
        Case("another claim kept elsewhere", .accepted) {
            $0["_claim_names"] = ["photo": "src1"]
            $0["_claim_sources"] = ["src1": ["endpoint": "https://idp.example/photo"]]
        },
        Case("aggregated groups", .accepted) {
            $0["_claim_names"] = ["groups": "src1"]
            $0["_claim_sources"] = ["src1": ["JWT": "some.jwt.token"]]
        },
        Case("a source that does not exist", .refused(.distributedClaims)) { $0["_claim_names"] = ["photo": "src1"] },
        Case("names that are no object", .refused(.claimType)) { $0["_claim_names"] = "groups" },
    ]

    @Test(arguments: expiry + beginning + audience + distributed)
    func judges(_ c: Case) throws {
        let bench = try Bench { $0.audiences = ["client", "second"] }
        #expect(try bench.judge(TestToken.claims(c.change)).verdict == c.verdict)
    }

    /// The signature comes first: nothing that a forger wrote is answered to.
    @Test func looksAtNoClaimBeforeTheSignature() throws {
        let bench = try Bench()
        let expired = TestToken.claims { $0["exp"] = 1 }
        #expect(
            try bench.judge(expired.signedText + "." + base64url([UInt8](repeating: 1, count: 64))).verdict
                == .refused(.signatureInvalid)
        )
        #expect(try bench.judge(expired).verdict == .refused(.expired))
    }

    @Test func takesGooglesShortName() throws {
        var bench = try Bench { $0.issuerURL = "https://accounts.google.com" }
        bench.keySets["https://accounts.google.com"] = bench.keySets[TestToken.issuerURL]
        #expect(try bench.judge(TestToken.claims { $0["iss"] = "accounts.google.com" }).verdict == .accepted)
        #expect(try bench.judge(TestToken.claims { $0["iss"] = "https://accounts.google.com" }).verdict == .accepted)
        #expect(
            try bench.judge(TestToken.claims { $0["iss"] = "http://accounts.google.com" }).verdict == .notMine(.issuerUnknown)
        )
    }

    @Test func findsOneOfManyIssuers() throws {
        var bench = try Bench()
        let first = bench.snapshot.issuers[0]
        for number in 0..<2000 {
            var issuer = first
            issuer.name = "idp\(number)"
            issuer.issuerURL = "https://idp.example/\(number)"
            bench.snapshot.issuers.append(issuer)
            bench.keySets[issuer.issuerURL] = bench.keySets[TestToken.issuerURL]
        }
        #expect(try bench.judge(TestToken.claims { $0["iss"] = "https://idp.example/1234" }).identity?.provider == "idp1234")
    }

    @Test func tellsExpiryAndKey() throws {
        let identity = try Bench().judge(TestToken.good()).identity
        #expect(identity?.expiry == Self.now + 3600)
        #expect(identity?.keyID == "p256")
    }
}
