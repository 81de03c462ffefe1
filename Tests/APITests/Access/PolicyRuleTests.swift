import JSON
import Testing

@testable import API

/// Whether a rule gives more than other rules: the ground on which somebody may pass rights on.
struct PolicyRuleTests {
    private static let things: [(groups: [String], resources: [String])] = [
        ([""], ["a"]), ([""], ["a/status"]), ([""], ["*"]), ([""], ["*/status"]), (["*"], ["a"]), (["*"], ["*"]),
        (["g"], ["a"]),
        (["", "g"], ["a", "a/status"]),
    ]
    private static let verbs = [["get"], ["list"], ["get", "list"], ["*"]]

    static let rules: [PolicyRule] =
        verbs.flatMap { verbs in
            things.flatMap { thing in
                [[], ["n"], ["n", "m"]].map {
                    PolicyRule(verbs: verbs, apiGroups: thing.groups, resources: thing.resources, resourceNames: $0)
                }
            } + [["/x"], ["/x/*"], ["*"]].map { PolicyRule(verbs: verbs, nonResourceURLs: $0) }
        }

    static let attempts: [AccessAttempt] = ["get", "list", "other"].flatMap { verb in
        var subjects: [AccessAttempt.Subject] = ["/x", "/x/y", "/z"].map { .path($0) }
        for group in ["", "g", "h"] {
            for plural in ["a", "b"] {
                for name in [nil, "n", "m", "o"] {
                    for part in [nil, "status", "other"] {
                        let target = ResourceTarget(group: group, version: "v1", plural: plural, name: name, subresource: part)
                        subjects.append(.resource(target))
                    }
                }
            }
        }
        return subjects.map { AccessAttempt(verb: verb, subject: $0) }
    }

    /// Every pair of the rules: one that nothing is missing of allows nothing that the other does not.
    @Test func whatIsCoveredAllowsNothingMore() {
        let allowed = Self.rules.map { rule in Set(Self.attempts.filter(rule.allows)) }
        var covered = 0
        for (given, rights) in zip(Self.rules, allowed) {
            for (own, ownRights) in zip(Self.rules, allowed) where given.excess(over: [own]).isEmpty {
                covered += 1
                #expect(rights.isSubset(of: ownRights), "\(given) over \(own)")
            }
        }
        #expect(covered > Self.rules.count)
    }

    @Test func everyRuleCoversItself() {
        for rule in Self.rules { #expect(rule.excess(over: [rule]).isEmpty, "\(rule)") }
    }

    @Test func isCoveredByTheSumOfRules() {
        let given = PolicyRule(verbs: ["get", "list"], apiGroups: [""], resources: ["a", "b"])
        let own = ["a", "b"].flatMap { resource in
            ["get", "list"].map { PolicyRule(verbs: [$0], apiGroups: [""], resources: [resource]) }
        }
        #expect(given.excess(over: own).isEmpty)
        #expect(given.excess(over: Array(own.dropLast())) == [PolicyRule(verbs: ["list"], apiGroups: [""], resources: ["b"])])
    }

    @Test func aRuleTooLargeToBeLookedAtIsNotCovered() {
        let many = (0..<101).map { "\($0)" }
        let rule = PolicyRule(verbs: many, apiGroups: [""], resources: many)
        #expect(rule.excess(over: [rule]) == [rule])
    }
}
