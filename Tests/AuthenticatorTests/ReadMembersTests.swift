import Snapshot
import Testing

@testable import Authenticator

struct ReadMembersTests {
    @Test func oneThatReadsAnythingDecides() {
        #expect(ReadMembers([["a"], nil, ["b"]]) == .all)
        #expect(ReadMembers([]) == .named([]))
        #expect(ReadMembers([["b", "a"], ["a"]]) == .named(["a", "b"]))
    }

    @Test func tellsNamesApartByTheirBytes() {
        #expect(ReadMembers([["\u{e9}"]]).contains("\u{e9}"))
        #expect(!ReadMembers([["\u{e9}"]]).contains("e\u{301}"))
    }

    /// A rule that looks at all claims must see those that no other expression names.
    @Test(arguments: [
        ("claims.sub == 'someone else'", Verdict.refused(.claimRuleFailed)), ("has(claims.nobody)", .refused(.claimRuleFailed)),
        ("'sub' in dyn(claims)", .accepted), ("dyn(claims).exists(name, name == 'aud')", .accepted),
        ("has(claims.aud) && !has(claims.nobody)", .accepted),
    ])
    func rulesSeeWhatTheyRead(_ rule: String, _ verdict: Verdict) throws {
        let bench = try Bench { $0.claimValidationRules = [.cel(expression: rule, message: "no")] }
        #expect(try bench.judge(TestToken()).verdict == verdict)
    }

    @Test(arguments: [
        ("user.username == 'idp:u-1'", Verdict.accepted), ("dyn(user).size() == 4", .accepted),
        ("user == user", .accepted), ("user.groups.size() == 99", .refused(.userRuleFailed)),
    ])
    func userRulesSeeWhatTheyRead(_ rule: String, _ verdict: Verdict) throws {
        let bench = try Bench { $0.userValidationRules = [.init(expression: rule, message: "no")] }
        #expect(try bench.judge(TestToken()).verdict == verdict)
    }
}
