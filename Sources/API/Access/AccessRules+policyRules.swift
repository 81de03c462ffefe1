extension AccessRules {
    /// What the built-in table gives somebody in a namespace, in the form of roles; nil: in all of them and outside.
    func policyRules(of caller: Caller, in namespace: String?) -> [PolicyRule] {
        rules.filter { rule in
            caller.isMember(of: rule.group) && (rule.namespace == nil || rule.namespace == namespace)
        }.flatMap(\.policyRules)
    }
}

extension AccessRule {
    fileprivate var policyRules: [PolicyRule] {
        let verbs = verbs.sorted()
        let ofPaths = paths.isEmpty ? [] : [PolicyRule(verbs: verbs, nonResourceURLs: paths)]
        let names: [String]
        switch self.names {
        case .any: names = []
        case .only(let only): names = only.sorted()
        // Which one depends on who asks: no rule of a role can say it.
        case .ownNode: return ofPaths
        }
        return ofPaths
            + resources.sorted().map { resource in
                let isAll = resource == "*"
                let slash = resource.firstIndex(of: "/") ?? resource.startIndex
                return PolicyRule(
                    verbs: verbs,
                    apiGroups: [isAll ? "*" : String(resource[..<slash])],
                    resources: [isAll ? "*" : String(resource[slash...].dropFirst())],
                    resourceNames: names
                )
            }
    }
}
