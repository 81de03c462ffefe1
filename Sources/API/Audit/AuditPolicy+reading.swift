package import JSON
import Schema

/// Why a file is no audit policy: everything that is wrong with it.
package struct InvalidAuditPolicy: Error, CustomStringConvertible, Sendable {
    let issues: [FieldIssue]

    package var description: String { issues.map(\.description).joined(separator: "; ") }
}

extension AuditPolicy {
    /// Reads a `Policy` of `audit.k8s.io/v1`, the format of Kubernetes' `--audit-policy-file`.
    package init(_ document: JSONValue) throws(InvalidAuditPolicy) {
        var reader = Reader()
        self = reader.policy(document)
        guard reader.issues.isEmpty else { throw InvalidAuditPolicy(issues: reader.issues) }
    }

    /// Reads a file with one such document.
    package static func read(_ bytes: [UInt8], source: String) throws -> AuditPolicy {
        let documents = try ManifestReader.read(bytes, source: source)
        guard let first = documents.first else { throw InvalidAuditPolicy(issues: [.required(.root, "the file is empty")]) }
        var reader = Reader()
        let policy = reader.policy(first.value)
        if documents.count > 1 {
            let problem = "the file holds \(documents.count) documents, and a policy is one"
            reader.issues.append(.forbidden(.root, problem))
        }
        guard reader.issues.isEmpty else { throw InvalidAuditPolicy(issues: reader.issues) }
        return policy
    }

    /// Collects what is wrong while it reads.
    private struct Reader {
        var issues: [FieldIssue] = []

        mutating func policy(_ value: JSONValue) -> AuditPolicy {
            let root = FieldPath.root
            let known = ["apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"]
            checkFields(of: value, known, at: root)
            if value["apiVersion"] != "audit.k8s.io/v1" {
                issues.append(.notSupported(root["apiVersion"], value["apiVersion"] ?? .null, supported: ["audit.k8s.io/v1"]))
            }
            if value["kind"] != "Policy" {
                issues.append(.notSupported(root["kind"], value["kind"] ?? .null, supported: ["Policy"]))
            }
            checkStages(value["omitStages"], at: root["omitStages"])
            guard let rules = value["rules"]?.arrayValue, !rules.isEmpty else {
                issues.append(.required(root["rules"], "without one nothing would be recorded"))
                return AuditPolicy(rules: [])
            }
            return AuditPolicy(
                rules: rules.enumerated().map { rule($1, at: root["rules"][$0]) },
                omitsManagedFields: value["omitManagedFields"]?.boolValue ?? false
            )
        }

        private mutating func rule(_ value: JSONValue, at path: FieldPath) -> Rule {
            let known = [
                "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages",
                "omitManagedFields",
            ]
            checkFields(of: value, known, at: path)
            checkStages(value["omitStages"], at: path["omitStages"])
            var rule = Rule(level: level(value["level"], at: path["level"]))
            rule.users = texts(value["users"], at: path["users"])
            rule.groups = texts(value["userGroups"], at: path["userGroups"])
            rule.verbs = texts(value["verbs"], at: path["verbs"])
            rule.namespaces = texts(value["namespaces"], at: path["namespaces"])
            rule.nonResourceURLs = texts(value["nonResourceURLs"], at: path["nonResourceURLs"])
            check(paths: rule.nonResourceURLs, at: path["nonResourceURLs"])
            rule.omitsManagedFields = value["omitManagedFields"]?.boolValue
            rule.resources = (value["resources"]?.arrayValue ?? []).enumerated().map {
                resources($1, at: path["resources"][$0])
            }
            if !rule.nonResourceURLs.isEmpty, !rule.resources.isEmpty || !rule.namespaces.isEmpty {
                let problem = "rules cannot apply to both regular resources and non-resource URLs"
                issues.append(.invalid(path["nonResourceURLs"], .strings(rule.nonResourceURLs), problem))
            }
            return rule
        }

        private mutating func resources(_ value: JSONValue, at path: FieldPath) -> Rule.Resources {
            checkFields(of: value, ["group", "resources", "resourceNames"], at: path)
            let resources = Rule.Resources(
                group: value["group"]?.stringValue ?? "",
                resources: texts(value["resources"], at: path["resources"]),
                names: texts(value["resourceNames"], at: path["resourceNames"])
            )
            if !resources.names.isEmpty, resources.resources.isEmpty {
                let problem = "using resourceNames requires at least one resource"
                issues.append(.invalid(path["resourceNames"], .strings(resources.names), problem))
            }
            return resources
        }

        /// One that no request has would record nothing, and nobody would know.
        private mutating func check(paths: [String], at place: FieldPath) {
            for (position, path) in paths.enumerated() where path != "*" {
                let refuse = { (problem: String) in FieldIssue.invalid(place[position], .string(path), problem) }
                if path.utf8.first != UInt8(ascii: "/") {
                    issues.append(refuse("non-resource URL rules must begin with a '/' character"))
                }
                if path.utf8.dropLast().contains(UInt8(ascii: "*")) {
                    issues.append(refuse("non-resource URL wildcards '*' must be the final character of the rule"))
                }
            }
        }

        private mutating func level(_ value: JSONValue?, at path: FieldPath) -> AuditLevel {
            if let level = value?.stringValue.flatMap(AuditLevel.init(rawValue:)) { return level }
            issues.append(
                value == nil
                    ? .required(path)
                    : .notSupported(path, value ?? .null, supported: AuditLevel.allCases.map { .string($0.rawValue) })
            )
            return .none
        }

        private mutating func texts(_ value: JSONValue?, at path: FieldPath) -> [String] {
            guard let value, !value.isNull else { return [] }
            guard let items = value.arrayValue else {
                issues.append(.invalid(path, value, "must be a list of texts"))
                return []
            }
            return items.enumerated().compactMap { position, item in
                if item.stringValue == nil { issues.append(.invalid(path[position], item, "must be a text")) }
                return item.stringValue
            }
        }

        private mutating func checkStages(_ value: JSONValue?, at path: FieldPath) {
            let stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"]
            for (position, stage) in texts(value, at: path).enumerated() where !stages.contains(stage) {
                issues.append(.notSupported(path[position], .string(stage), supported: stages.map(JSONValue.string)))
            }
        }

        /// A misspelt field would record less than was meant.
        private mutating func checkFields(of value: JSONValue, _ known: [String], at path: FieldPath) {
            guard let object = value.objectValue else {
                issues.append(.invalid(path, value, "must be an object"))
                return
            }
            for (name, _) in object where !known.contains(name) {
                issues.append(.invalid(path[name], .string(name), "there is no such field"))
            }
        }
    }
}
