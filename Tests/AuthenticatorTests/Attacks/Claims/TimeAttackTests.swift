import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 35 and 36: times that overflow, are missing, or lie.
struct TimeAttackTests {
    private static let now = TestToken.now

    // MARK: 35

    private static func exp(_ value: JSONValue?, _ name: String, _ reason: Refusal.Reason) -> Attack {
        .claim("exp", value, name, .refused(reason))
    }

    /// As it stands in the token, where JSON cannot be made of a value.
    private static func literal(_ text: String, _ verdict: Verdict) -> Attack {
        .signed("exp: \(text.prefix(40))", verdict) {
            $0.claimsText = #"{"iss":"https://idp.example","aud":"client","sub":"u-1","exp":\#(text)}"#
        }
    }

    static let expiry: [Attack] = [
        exp(nil, "absent", .claimMissing),
        exp(.null, "null", .claimType), exp(true, "true", .claimType), exp([], "a list", .claimType),
        exp([.integer(now + 60)], "a list with a time", .claimType), exp(["": 1], "an object", .claimType),
        exp("", "an empty string", .claimType), exp("never", "a word", .claimType), exp("Infinity", "infinity", .claimType),
        exp("nan", "not a number", .claimType), exp("1e400", "a string beyond all numbers", .claimType),
        exp("0x7fffffff", "hexadecimal", .claimType), exp("1700003600 ", "a space behind", .claimType),
        exp("+1700003600", "a sign in front", .claimType), exp("99999999999999999999", "a string beyond 64 bits", .claimType),
        exp(0, "zero", .expired), exp(-1, "negative", .expired), exp(.number(-0.0), "minus zero", .expired),
        exp(.number(Double(now) - 0.5), "half a second ago", .expired),
        exp(.integer(.min), "the smallest integer", .claimType), exp(.integer(.max), "the largest integer", .claimType),
        exp(.number(1e20), "1e20", .claimType), exp(.number(1e308), "1e308", .claimType),
        exp(.number(-1e308), "-1e308", .claimType),
        exp(.number(9_223_372_036_854_775_808), "2 to the 63", .claimType),
        exp(.integer((now + 3600) * 1000), "milliseconds", .claimType),
        exp(.integer((now + 3600) * 1_000_000), "microseconds", .claimType),
        exp(253_402_300_800, "the year 10,000", .claimType),
        literal("1e400", .notMine(.malformed)), literal("-1e400", .notMine(.malformed)), literal("NaN", .notMine(.malformed)),
        literal("Infinity", .notMine(.malformed)), literal("1e", .notMine(.malformed)), literal("0x10", .notMine(.malformed)),
        literal("01700003600", .notMine(.malformed)), literal("1_700_003_600", .notMine(.malformed)),
        literal("9223372036854775808", .refused(.claimType)), literal("-9223372036854775809", .refused(.claimType)),
        literal(String(repeating: "9", count: 300), .refused(.claimType)),
        literal(String(repeating: "9", count: 400), .notMine(.malformed)),
        literal("1e-999999999", .refused(.expired)), literal("1e999999999", .notMine(.malformed)),
    ]

    @Test("Attack 35: exp is missing, of another type, or beyond all numbers", arguments: expiry)
    func refusesExpiry(_ attack: Attack) throws { try attack.check() }

    @Test("Attack 35: the same for nbf and iat", arguments: ["nbf", "iat"])
    func otherTimes(claim: String) throws {
        for value: JSONValue in [
            .null, true, [], "", "never", .integer(.max), .integer(.min), .number(1e308), .number(-1e308), .integer(now * 1000),
        ] {
            try Attack.claim(claim, value, "\(value)", .refused(.claimType)).check()
        }
    }

    private var now: Int64 { Self.now }

    // MARK: 36

    static let beginnings: [Attack] = [
        .claim("nbf", .integer(now + 60), "as far ahead as clocks may differ", .accepted),
        .claim("nbf", .integer(now + 61), "a second more", .refused(.notYetValid)),
        .claim("nbf", .integer(now + 86_400), "tomorrow", .refused(.notYetValid)),
        .claim("nbf", 253_402_300_799, "the last second of the year 9999", .refused(.notYetValid)),
        .claim("nbf", -253_402_300_799, "long before our era", .accepted),
        // As in Kubernetes only the form counts; a claim rule says more where somebody wants more.
        .claim("iat", .integer(now + 86_400), "tomorrow", .accepted),
    ]

    @Test("Attack 36: nbf and iat ahead", arguments: beginnings)
    func refusesBeginning(_ attack: Attack) throws { try attack.check() }

    private static let lifetime = ClaimValidationRule.cel(
        expression: "claims.exp - claims.iat <= 86400.0 && claims.exp >= claims.iat",
        message: "good for a day at most"
    )

    static let lifetimes: [(name: String, iat: Int64, exp: Int64, verdict: Verdict)] = [
        ("a day", now, now + 86_400, .accepted),
        ("a day and a second", now, now + 86_401, .refused(.claimRuleFailed)),
        ("issued after its end", now + 7200, now + 3600, .refused(.claimRuleFailed)),
        ("issued ten years ago", now - 315_360_000, now + 60, .refused(.claimRuleFailed)),
    ]

    @Test("Attack 36: a claim rule bounds how long a token is good", arguments: lifetimes)
    func boundsLifetime(_ c: (name: String, iat: Int64, exp: Int64, verdict: Verdict)) throws {
        try Attack.signed(c.name, c.verdict, issuer: { $0.claimValidationRules = [Self.lifetime] }) {
            $0.claims["iat"] = .integer(c.iat)
            $0.claims["exp"] = .integer(c.exp)
        }
        .check()
    }

    /// Nothing is remembered between two judgements, so a clock that is set back or forth is answered to as it is.
    @Test("Attack 36: the clock jumps")
    func clockJumps() throws {
        let bench = try Bench()
        let token = TestToken.claims { $0["nbf"] = .integer(Self.now) }
        let times: [(Int64, Verdict)] = [
            (0, .accepted), (3601, .refused(.expired)), (-7200, .refused(.notYetValid)), (0, .accepted),
            (Int64.max - Self.now, .refused(.expired)), (Int64.min, .refused(.notYetValid)), (3600, .accepted),
        ]
        for (offset, verdict) in times {
            #expect(try bench.judge(token, now: Self.now + offset).verdict == verdict, "\(offset)")
        }
    }
}
