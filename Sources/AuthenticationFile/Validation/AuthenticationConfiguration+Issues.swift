import JSON
import Schema

extension AuthenticationConfiguration {
    private static let maximumAuthenticators = 64

    /// What Kubernetes has against the values of a configuration, in its own terms: the same fields, the same types of error.
    func issues(disallowedIssuers: [String]) -> [FieldIssue] {
        let path = FieldPath.root["jwt"]
        guard jwt.count <= Self.maximumAuthenticators else {
            return [.tooMany(path, count: jwt.count, limit: Self.maximumAuthenticators)]
        }
        var issues: [FieldIssue] = []
        var urls = SeenTexts()
        var discoveryURLs = SeenTexts()
        for (index, authenticator) in jwt.enumerated() {
            let issuer = authenticator.issuer
            let path = path[index]
            issues += authenticator.issues(at: path, disallowedIssuers: disallowedIssuers)
            if urls.hasSeen(issuer.url) { issues.append(.duplicate(path["issuer"]["url"], .string(issuer.url))) }
            if !issuer.discoveryURL.isEmpty, discoveryURLs.hasSeen(issuer.discoveryURL) {
                issues.append(.duplicate(path["issuer"]["discoveryURL"], .string(issuer.discoveryURL)))
            }
        }
        if let anonymous, !anonymous.enabled, !anonymous.conditions.isEmpty {
            let conditions = anonymous.conditions.map { JSONValue.object(["path": .string($0.path)]) }
            let detail = "enabled should be set to true when conditions are defined"
            issues.append(.invalid(FieldPath.root["anonymous"]["conditions"], .array(conditions), detail))
        }
        return issues
    }
}

extension AuthenticationConfiguration.JWTAuthenticator {
    fileprivate func issues(at path: FieldPath, disallowedIssuers: [String]) -> [FieldIssue] {
        var expressions = ExpressionChecks()
        // The order matters: whether e-mail addresses are verified is known only after rules and mappings.
        let rules = claimValidationRules.issues(at: path["claimValidationRules"], &expressions)
        let mappings = claimMappings.issues(at: path["claimMappings"], &expressions)
        return issuer.issues(at: path["issuer"], disallowedIssuers: disallowedIssuers) + rules + mappings
            + userValidationRules.issues(at: path["userValidationRules"], &expressions)
    }
}

/// Texts that occurred before, compared byte for byte.
struct SeenTexts {
    private var texts: Set<ExactString> = []

    /// Whether the text occurred before; from now on it did.
    mutating func hasSeen(_ text: String) -> Bool { !texts.insert(ExactString(text)).inserted }
}
