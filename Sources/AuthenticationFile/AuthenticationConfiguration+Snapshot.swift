package import Schema
package import Snapshot

extension AuthenticationConfiguration {
    /// What a worker judges by, with Kubernetes' meaning of each field.
    ///
    /// Prefixes are taken as given, a groups claim that is a string is the name of one group, and there is no uid unless one is mapped.
    /// An issuer has no name in such a file, so it goes by its URL.
    ///
    /// - Parameter allowsReservedNames: whether names that begin with `system:` pass, as they do in Kubernetes, which leaves it to the
    ///   file's own rules to keep them out.
    /// - Throws: what a valid file may ask for and no worker can do: to reach an issuer through the API server's egress proxies.
    package func snapshot(revision: Int64, allowsReservedNames: Bool) throws(UnsupportedFields) -> WorkerSnapshot {
        let unsupported = jwt.indices.filter { !jwt[$0].issuer.egressSelectorType.isEmpty }.map { index in
            let type = jwt[index].issuer.egressSelectorType
            let path = FieldPath.root["jwt"][index]["issuer"]["egressSelectorType"]
            let detail = "there is no egress selector for \"\(type)\" here; a worker connects to issuers directly"
            return FieldIssue.forbidden(path, detail)
        }
        guard unsupported.isEmpty else { throw UnsupportedFields(issues: unsupported) }
        let issuers = jwt.map { $0.issuer(allowsReservedNames: allowsReservedNames) }
        return WorkerSnapshot(revision: revision, mode: .oidc, issuers: issuers)
    }

    /// What a valid configuration asks for in vain.
    package struct UnsupportedFields: Error, Hashable, Sendable, CustomStringConvertible {
        package let issues: [FieldIssue]

        package var description: String { issues.map(\.description).joined(separator: "; ") }
    }
}

extension AuthenticationConfiguration.JWTAuthenticator {
    fileprivate func issuer(allowsReservedNames: Bool) -> Snapshot.Issuer {
        Snapshot.Issuer(
            name: issuer.url,
            issuerURL: issuer.url,
            discoveryURL: issuer.discoveryURL.isEmpty ? nil : issuer.discoveryURL,
            audiences: issuer.audiences,
            certificateAuthority: issuer.certificateAuthority.isEmpty ? nil : issuer.certificateAuthority,
            claimMappings: Snapshot.ClaimMappings(
                username: claimMappings.username.source ?? .claim("", prefix: ""),
                groups: claimMappings.groups.source,
                groupsText: .oneGroup,
                uid: claimMappings.uid.source,
                extra: claimMappings.extra.map { .init(key: $0.key, valueExpression: $0.valueExpression) }
            ),
            claimValidationRules: claimValidationRules.map { rule in
                rule.claim.isEmpty
                    ? .cel(expression: rule.expression, message: rule.message)
                    : .requiredClaim(claim: rule.claim, requiredValue: rule.requiredValue)
            },
            userValidationRules: userValidationRules.map {
                Snapshot.UserValidationRule(expression: $0.expression, message: $0.message)
            },
            allowsReservedNames: allowsReservedNames
        )
    }
}

extension AuthenticationConfiguration.PrefixedClaimOrExpression {
    fileprivate var source: Snapshot.ClaimMappings.Source? {
        if !expression.isEmpty { return .expression(expression) }
        return claim.isEmpty ? nil : .claim(claim, prefix: prefix ?? "")
    }
}

extension AuthenticationConfiguration.ClaimOrExpression {
    fileprivate var source: Snapshot.ClaimMappings.Source? {
        if !expression.isEmpty { return .expression(expression) }
        return claim.isEmpty ? nil : .claim(claim, prefix: "")
    }
}
