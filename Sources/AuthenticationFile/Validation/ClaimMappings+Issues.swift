import JSON
import Schema

extension AuthenticationConfiguration.ClaimMappings {
    func issues(at path: FieldPath, _ expressions: inout ExpressionChecks) -> [FieldIssue] {
        var issues = username.issues(at: path["username"], as: .username, &expressions)
        if username.claim.isEmpty, username.expression.isEmpty {
            issues.append(.required(path["username"], "claim or expression is required"))
        }
        issues += groups.issues(at: path["groups"], as: .mapping, &expressions)
        if !uid.claim.isEmpty, !uid.expression.isEmpty {
            issues.append(.invalid(path["uid"], "", "claim and expression can't both be set"))
        } else if !uid.expression.isEmpty {
            issues += expressions.check(uid.expression, as: .mapping, at: path["uid"]["expression"])
        }
        issues += extraIssues(at: path["extra"], &expressions)
        if expressions.usesEmail, !expressions.usesEmailVerified {
            let detail =
                "claims.email_verified must be used in claimMappings.username.expression or "
                + "claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in "
                + "claimMappings.username.expression"
            issues.append(.invalid(path["username"]["expression"], .string(username.expression), detail))
        }
        return issues
    }

    private func extraIssues(at path: FieldPath, _ expressions: inout ExpressionChecks) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        var keys = SeenTexts()
        for (index, mapping) in extra.enumerated() {
            let (key, value) = (path[index]["key"], path[index]["valueExpression"])
            issues += ExtraKey.issues(with: mapping.key, at: key)
            if keys.hasSeen(mapping.key) {
                issues.append(.duplicate(key, .string(mapping.key)))
            } else if mapping.valueExpression.isEmpty {
                issues.append(.required(value))
            } else {
                issues += expressions.check(mapping.valueExpression, as: .extra, at: value)
            }
        }
        return issues
    }
}

extension AuthenticationConfiguration.PrefixedClaimOrExpression {
    fileprivate func issues(
        at path: FieldPath,
        as role: ExpressionChecks.Role,
        _ expressions: inout ExpressionChecks
    ) -> [FieldIssue] {
        if !claim.isEmpty, !expression.isEmpty {
            return [.invalid(path, "", "claim and expression can't both be set")]
        }
        if !expression.isEmpty {
            let prefixIssues: [FieldIssue] =
                prefix.map { [.invalid(path["prefix"], .string($0), "may not be specified when expression is set")] } ?? []
            return prefixIssues
                + expressions.check(expression, as: role, at: path["expression"], isOtherwiseFine: prefixIssues.isEmpty)
        }
        if !claim.isEmpty, prefix == nil {
            let detail = "prefix is required when claim is set. It can be set to an empty string to disable prefixing"
            return [.required(path["prefix"], detail)]
        }
        return []
    }
}

/// The keys of `extra`: a domain of one's own, a slash, and a path.
enum ExtraKey {
    private static let path = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

    static func issues(with key: String, at place: FieldPath) -> [FieldIssue] {
        if key.isEmpty { return [.required(place)] }
        var issues = pathIssues(with: key, at: place)
        if !key.lowercased().utf8.elementsEqual(key.utf8) {
            issues.append(.invalid(place, .string(key), "must be lowercase"))
        }
        if isKubernetesOwn(key) {
            let detail = "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use"
            issues.append(.invalid(place, .string(key), detail))
        }
        return issues
    }

    private static func pathIssues(with key: String, at place: FieldPath) -> [FieldIssue] {
        let parts = key.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let host = parts.first, let rest = parts.last, !host.isEmpty, !rest.isEmpty else {
            return [.invalid(place, .string(key), "must be a domain-prefixed path (such as \"acme.io/foo\")")]
        }
        let hostName = String(Substring(host))
        var issues = NameSyntax.subdomain.problems(with: hostName).map { FieldIssue.invalid(place, .string(hostName), $0) }
        let isPathByte = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/-._~%!$&'()*+,;=:".utf8.contains(byte)
            }
        }
        if !rest.allSatisfy(isPathByte) {
            let detail = "Invalid path (regex used for validation is '\(path)')"
            issues.append(.invalid(place, .string(String(Substring(rest))), detail))
        }
        return issues
    }

    private static func isKubernetesOwn(_ key: String) -> Bool {
        guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let domain = key[..<slash]
        return ["kubernetes.io", "k8s.io"].contains { domain == $0 || domain.hasSuffix(".\($0)") }
    }
}
