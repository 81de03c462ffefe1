import Client
import JSON

/// Everything one may do, as SelfSubjectRulesReview tells it, in kubectl's table: one row for each resource.
struct AccessRuleTable {
    private struct Rule: Hashable {
        var verbs: [String]
        var group = ""
        var resource = ""
        var name: String?
        var path: String?

        /// What rules with different verbs have in common.
        var subject: Rule { var subject = self; subject.verbs = []; return subject }

        /// kubectl sorts by the rules' own text, verbs first.
        var sortKey: String {
            let names = name.map { [$0] } ?? []
            let groups = path == nil ? [group] : []
            let resources = path == nil ? [resource] : []
            let paths = path.map { [$0] } ?? []
            return "\(verbs.goText),\(groups.goText),\(resources.goText),\(names.goText),\(paths.goText)"
        }

        var row: [String] {
            let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
            let subresource = parts.count > 1 ? "/\(parts[1])" : ""
            let type = group.isEmpty ? resource : "\(parts.first ?? "").\(group)\(subresource)"
            return [path == nil ? type : "", (path.map { [$0] } ?? []).goText, (name.map { [$0] } ?? []).goText, verbs.goText]
        }
    }

    let table: TextTable
    /// Why this may not be everything; nil when it is.
    let warning: String?

    static func ask(_ client: ControllerClient, namespace: String) async throws -> AccessRuleTable {
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "spec": ["namespace": .string(namespace)],
        ]
        let path = ResourcePath("authorization.k8s.io/v1", "selfsubjectrulesreviews")
        return AccessRuleTable(status: try await client.request("POST", path, body: review)["status"] ?? [:])
    }

    init(status: JSONValue) {
        let rules = Self.joined(Self.resourceRules(status)) + Self.pathRules(status)
        let rows = rules.enumerated().sorted { left, right in
            let (one, other) = (left.element.sortKey.utf8, right.element.sortKey.utf8)
            return one.elementsEqual(other) ? left.offset < right.offset : one.lexicographicallyPrecedes(other)
        }.map(\.element.row)
        table = TextTable(header: ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"], rows: rows)
        let error = status["evaluationError"]?.stringValue ?? ""
        let isIncomplete = status["incomplete"]?.boolValue == true
        warning = isIncomplete ? "the list may be incomplete" + (error.isEmpty ? "" : ": \(error)") : nil
    }

    private static func resourceRules(_ status: JSONValue) -> [Rule] {
        (status["resourceRules"]?.arrayValue ?? []).flatMap { rule in
            rule["apiGroups"].stringValues.flatMap { group in
                rule["resources"].stringValues.flatMap { resource in
                    rule["verbs"].stringValues.flatMap { verb -> [Rule] in
                        let names = rule["resourceNames"].stringValues
                        let one = Rule(verbs: [verb], group: group, resource: resource)
                        return names.isEmpty
                            ? [one] : names.map { Rule(verbs: [verb], group: group, resource: resource, name: $0) }
                    }
                }
            }
        }
    }

    private static func pathRules(_ status: JSONValue) -> [Rule] {
        (status["nonResourceRules"]?.arrayValue ?? []).flatMap { rule in
            rule["nonResourceURLs"].stringValues.flatMap { path in
                rule["verbs"].stringValues.map { Rule(verbs: [$0], path: path) }
            }
        }
    }

    /// Joins the verbs of rules about the same things, in the order of their first mention.
    private static func joined(_ rules: [Rule]) -> [Rule] {
        var verbs: [Rule: [String]] = [:]
        var order: [Rule] = []
        for rule in rules {
            if verbs[rule.subject] == nil { order.append(rule.subject) }
            verbs[rule.subject, default: []] += rule.verbs
        }
        return order.map { subject in
            var rule = subject
            rule.verbs = verbs[subject] ?? []
            return rule
        }
    }
}

extension [String] {
    /// A list the way Go prints it: `[a b]`.
    fileprivate var goText: String { "[\(joined(separator: " "))]" }
}
