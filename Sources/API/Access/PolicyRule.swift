import JSON

/// One rule of a role (`rbac.authorization.k8s.io/v1`): what may be done to what.
struct PolicyRule: Hashable, Sendable {
    let verbs: [String]
    let apiGroups: [String]
    let resources: [String]
    /// Empty: all.
    let resourceNames: [String]
    let nonResourceURLs: [String]

    init(
        verbs: [String],
        apiGroups: [String] = [],
        resources: [String] = [],
        resourceNames: [String] = [],
        nonResourceURLs: [String] = []
    ) {
        self.verbs = verbs
        self.apiGroups = apiGroups
        self.resources = resources
        self.resourceNames = resourceNames
        self.nonResourceURLs = nonResourceURLs
    }

    init(_ value: JSONValue) {
        self.init(
            verbs: value["verbs"].stringValues,
            apiGroups: value["apiGroups"].stringValues,
            resources: value["resources"].stringValues,
            resourceNames: value["resourceNames"].stringValues,
            nonResourceURLs: value["nonResourceURLs"].stringValues
        )
    }

    /// The rules of a role of either kind.
    static func all(of role: JSONValue) -> [PolicyRule] { (role["rules"]?.arrayValue ?? []).map(PolicyRule.init) }

    func allows(_ attempt: AccessAttempt) -> Bool {
        guard Self.has(verbs, attempt.verb) else { return false }
        switch attempt.subject {
        case .path(let path): return nonResourceURLs.contains { PathPattern.fits($0, path) }
        case .resource(let target):
            guard Self.has(apiGroups, target.group) else { return false }
            guard resources.contains(where: { Self.matches($0, plural: target.plural, target.subresource) }) else {
                return false
            }
            guard !resourceNames.isEmpty else { return true }
            return target.name.map { name in resourceNames.contains { $0.hasSameBytes(as: name) } } ?? false
        }
    }

    private static func has(_ list: [String], _ wanted: String) -> Bool {
        list.contains { $0 == "*" || $0.hasSameBytes(as: wanted) }
    }

    private static func matches(_ pattern: String, plural: String, _ subresource: String?) -> Bool {
        if pattern == "*" { return true }
        guard let subresource else { return pattern.hasSameBytes(as: plural) }
        return pattern.hasSameBytes(as: "\(plural)/\(subresource)") || pattern.hasSameBytes(as: "*/\(subresource)")
    }

    // MARK: - Giving rights on

    /// The rule taken apart into rules of one verb and one thing each.
    private var parts: [PolicyRule] {
        verbs.flatMap { verb -> [PolicyRule] in
            let paths = nonResourceURLs.map { PolicyRule(verbs: [verb], nonResourceURLs: [$0]) }
            let things = apiGroups.flatMap { group in
                resources.flatMap { resource in
                    (resourceNames.isEmpty ? [[]] : resourceNames.map { [$0] }).map { names in
                        PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: names)
                    }
                }
            }
            return paths + things
        }
    }

    private var partCount: Int {
        let factors = [apiGroups.count, resources.count, max(1, resourceNames.count)]
        var count = 1
        for factor in factors { count = count.multipliedReportingOverflow(by: factor).overflow ? .max : count * factor }
        let each = count.addingReportingOverflow(nonResourceURLs.count)
        let all = each.partialValue.multipliedReportingOverflow(by: verbs.count)
        return each.overflow || all.overflow ? .max : all.partialValue
    }

    /// How many parts a rule may have to be looked at; one with more is not given on.
    private static let maximumParts = 10_000

    /// What this rule gives beyond `own`, in rules of one verb and one thing each; a star is covered by a star only. Empty: nothing.
    func excess(over own: [PolicyRule]) -> [PolicyRule] {
        guard partCount <= Self.maximumParts else { return [self] }
        return parts.filter { part in !own.contains { $0.includes(part) } }
    }

    /// - Parameter part: of one verb and one thing.
    private func includes(_ part: PolicyRule) -> Bool {
        let covers = { (own: [String], wanted: [String]) in wanted.allSatisfy { Self.has(own, $0) } }
        guard covers(verbs, part.verbs) else { return false }
        if let path = part.nonResourceURLs.first {
            // A pattern fits itself, and every narrower one.
            return nonResourceURLs.contains { PathPattern.fits($0, path) }
        }
        guard covers(apiGroups, part.apiGroups), let resource = part.resources.first else { return false }
        let hasResource = resources.contains { own in
            own == "*" || own.hasSameBytes(as: resource)
                || (own.hasPrefix("*/") && resource.utf8.contains(UInt8(ascii: "/"))
                    && own.dropFirst(2).utf8.elementsEqual(resource.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst()))
        }
        guard hasResource else { return false }
        return resourceNames.isEmpty || (!part.resourceNames.isEmpty && covers(resourceNames, part.resourceNames))
    }

    /// As a review of rules tells it.
    var json: JSONValue {
        var value: JSONValue = ["verbs": .strings(verbs)]
        if !nonResourceURLs.isEmpty {
            value["nonResourceURLs"] = .strings(nonResourceURLs)
        } else {
            value["apiGroups"] = .strings(apiGroups)
            value["resources"] = .strings(resources)
        }
        if !resourceNames.isEmpty { value["resourceNames"] = .strings(resourceNames) }
        return value
    }
}
