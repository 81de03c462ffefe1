/// The shapes that names have in Kubernetes, with Kubernetes' texts for what has another shape.
package enum NameSyntax {
    /// RFC 1123 subdomain: most objects.
    case subdomain
    /// RFC 1123 label: namespaces.
    case label
    /// Anything that can stand in a path: users, groups, identities and tokens, whose names come from elsewhere; roles and bindings.
    case pathSegment

    static func of(_ definition: ResourceDefinition) -> NameSyntax {
        switch definition.group {
        case "" where definition.kind == "Namespace": .label
        case "user.openshift.io", "rbac.authorization.k8s.io": .pathSegment
        case "oauth.openshift.io" where definition.kind != "OAuthClient": .pathSegment
        default: .subdomain
        }
    }

    package func problems(with name: String) -> [String] {
        switch self {
        case .subdomain: Self.subdomainProblems(with: name)
        case .label: Self.labelProblems(with: name)
        case .pathSegment: Self.pathSegmentProblems(with: name)
        }
    }

    private static func subdomainProblems(with name: String) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 253 { problems.append("must be no more than 253 bytes") }
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if !parts.allSatisfy({ isLabel($0) }) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
                    + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            )
        }
        return problems
    }

    private static func labelProblems(with name: String) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 63 { problems.append("must be no more than 63 bytes") }
        if !isLabel(name.utf8[...]) {
            problems.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
                    + "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            )
        }
        return problems
    }

    private static func pathSegmentProblems(with name: String) -> [String] {
        if name == "." || name == ".." { return ["may not be '\(name)'"] }
        var problems = ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
        if name.utf8.count > 1_024 { problems.append("must be no more than 1024 bytes") }
        if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            problems.append("may not contain control characters")
        }
        return problems
    }

    /// The key of a label or an annotation: a name, perhaps with a DNS prefix and a slash before it.
    static func qualifiedProblems(with name: String) -> [String] {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let problem =
            "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. "
            + "'example.com/MyName')"
        guard (1...2).contains(parts.count), let last = parts.last else { return [problem] }
        var problems: [String] = []
        if parts.count == 2 {
            problems +=
                parts[0].isEmpty
                ? ["prefix part must be non-empty"] : subdomainProblems(with: parts[0]).map { "prefix part \($0)" }
        }
        if last.isEmpty { return problems + ["name part must be non-empty"] }
        if last.utf8.count > 63 { problems.append("name part must be no more than 63 bytes") }
        if !isWord(last.utf8[...]) {
            problems.append("name part must match \(problem.dropFirst("a qualified name must ".count))")
        }
        return problems
    }

    static func isLabelValue(_ value: String) -> Bool {
        value.isEmpty || (value.utf8.count <= 63 && isWord(value.utf8[...]))
    }

    static let labelValueProblem =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
        + "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

    /// A key of a config map or a secret.
    static func dataKeyProblems(with key: String) -> [String] {
        if key.utf8.count > 253 { return ["must be no more than 253 bytes"] }
        if key == "." || key == ".." || key.hasPrefix("..") { return ["must not be '.', '..' or start with '..'"] }
        guard !key.isEmpty, key.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) }) else {
            return [
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
                    + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            ]
        }
        return []
    }

    private static func isLabel(_ text: Substring.UTF8View) -> Bool {
        isBounded(text) {
            isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-")
        } ends: {
            isLower($0) || isDigit($0)
        }
    }

    private static func isWord(_ text: Substring.UTF8View) -> Bool {
        isBounded(text) {
            isAlphanumeric($0) || "-_.".utf8.contains($0)
        } ends: {
            isAlphanumeric($0)
        }
    }

    private static func isBounded(
        _ text: Substring.UTF8View,
        inside: (UInt8) -> Bool,
        ends: (UInt8) -> Bool
    ) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        return ends(first) && ends(last) && text.allSatisfy(inside)
    }

    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLower(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
