import AuthenticationFile
import JSON
import Schema

/// Turns the authenticators of a file into entries of `spec.oidcProviders`, one after the other.
struct ProviderConversion {
    typealias Authenticator = AuthenticationConfiguration.JWTAuthenticator

    /// Where references of an Authentication lead to.
    static let namespace = "openshift-config"
    private static let longestMessage = 256

    private(set) var notes: [String] = []
    private(set) var configMaps: [JSONValue] = []
    private var names = ProviderNames()

    mutating func provider(_ authenticator: Authenticator, at path: FieldPath) -> JSONValue {
        let name = names.name(for: authenticator.issuer.url)
        var provider: JSONValue = [
            "name": .string(name),
            "issuer": issuer(authenticator.issuer, at: path["issuer"], name),
            "claimMappings": mappings(authenticator.claimMappings, at: path["claimMappings"]),
        ]
        if !authenticator.claimValidationRules.isEmpty {
            let place = path["claimValidationRules"]
            provider["claimValidationRules"] = .array(
                authenticator.claimValidationRules.enumerated().map { rule($1, at: place[$0]) }
            )
        }
        if !authenticator.userValidationRules.isEmpty {
            let place = path["userValidationRules"]
            provider["userValidationRules"] = .array(
                authenticator.userValidationRules.enumerated().map { index, rule in
                    condition(rule.expression, rule.message, at: place[index])
                }
            )
        }
        return provider
    }

    private mutating func note(_ path: FieldPath, _ text: String) { notes.append("\(path): \(text)") }

    // MARK: Issuer

    private mutating func issuer(
        _ issuer: AuthenticationConfiguration.Issuer,
        at path: FieldPath,
        _ name: String
    ) -> JSONValue {
        var value: JSONValue = [
            "issuerURL": .string(issuer.url), "audiences": .array(issuer.audiences.map(JSONValue.string)),
        ]
        if !issuer.discoveryURL.isEmpty { value["discoveryURL"] = .string(issuer.discoveryURL) }
        if !issuer.certificateAuthority.isEmpty {
            let map = "\(name)-ca"
            value["issuerCertificateAuthority"] = ["name": .string(map)]
            configMaps.append([
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": ["name": .string(map), "namespace": .string(Self.namespace)],
                "data": ["ca-bundle.crt": .string(issuer.certificateAuthority)],
            ])
            note(path["certificateAuthority"], "becomes config map \(Self.namespace)/\(map); apply it, too")
        }
        if !issuer.egressSelectorType.isEmpty {
            note(path["egressSelectorType"], "left out; workers connect to providers directly")
        }
        return value
    }

    // MARK: Mappings

    private mutating func mappings(_ mappings: AuthenticationConfiguration.ClaimMappings, at path: FieldPath) -> JSONValue {
        var value: JSONValue = ["username": username(mappings.username, at: path["username"])]
        value["groups"] = groups(mappings.groups, at: path["groups"])
        value["uid"] = uid(mappings.uid, at: path["uid"])
        let extra = mappings.extra.enumerated().compactMap { extraAttribute($1, at: path["extra"][$0]) }
        if !extra.isEmpty { value["extra"] = .array(extra) }
        return value
    }

    private mutating func username(
        _ mapping: AuthenticationConfiguration.PrefixedClaimOrExpression,
        at path: FieldPath
    ) -> JSONValue {
        noteReservedNames(mapping, "user", at: path)
        if !mapping.expression.isEmpty { return ["expression": .string(mapping.expression)] }
        let prefix = mapping.prefix ?? ""
        if prefix.isEmpty { return ["claim": .string(mapping.claim), "prefixPolicy": "NoPrefix"] }
        return ["claim": .string(mapping.claim), "prefixPolicy": "Prefix", "prefix": ["prefixString": .string(prefix)]]
    }

    private mutating func groups(
        _ mapping: AuthenticationConfiguration.PrefixedClaimOrExpression,
        at path: FieldPath
    ) -> JSONValue? {
        if mapping.claim.isEmpty, mapping.expression.isEmpty { return nil }
        noteReservedNames(mapping, "group", at: path)
        if !mapping.expression.isEmpty { return ["expression": .string(mapping.expression)] }
        note(path["claim"], "a claim that is one string is split at commas; Kubernetes takes it for the name of one group")
        var value: JSONValue = ["claim": .string(mapping.claim)]
        if let prefix = mapping.prefix, !prefix.isEmpty { value["prefix"] = .string(prefix) }
        return value
    }

    /// Whoever maps without a prefix may meet `system:` names; Kubernetes leaves it to the file's rules to keep them out.
    private mutating func noteReservedNames(
        _ mapping: AuthenticationConfiguration.PrefixedClaimOrExpression,
        _ kind: String,
        at path: FieldPath
    ) {
        let prefix = mapping.prefix ?? ""
        let start = min(prefix.utf8.count, "system:".utf8.count)
        guard prefix.utf8.prefix(start).elementsEqual("system:".utf8.prefix(start)) else { return }
        note(
            path,
            "\(kind) names that begin with \"system:\" are refused unless claimMappings.reservedNamePolicy is Allow; Kubernetes "
                + "leaves that to the file's rules"
        )
    }

    /// Without a mapping an Authentication takes `sub`, and refuses tokens that have none; Kubernetes then knows no uid.
    private mutating func uid(_ mapping: AuthenticationConfiguration.ClaimOrExpression, at path: FieldPath) -> JSONValue {
        if !mapping.expression.isEmpty { return ["expression": .string(mapping.expression)] }
        if !mapping.claim.isEmpty { return ["claim": .string(mapping.claim)] }
        note(path, "the file maps none; the expression \"\" says so, for without it claim sub would be taken")
        return ["expression": "\"\""]
    }

    private mutating func extraAttribute(_ mapping: AuthenticationConfiguration.ExtraMapping, at path: FieldPath) -> JSONValue?
    {
        let domain = mapping.key.prefix { $0 != "/" }
        guard domain != "openshift.io", !domain.hasSuffix(".openshift.io") else {
            note(path["key"], "\(mapping.key) is left out; openshift.io and its subdomains are reserved")
            return nil
        }
        return ["key": .string(mapping.key), "valueExpression": .string(mapping.valueExpression)]
    }

    // MARK: Rules

    private mutating func rule(_ rule: AuthenticationConfiguration.ClaimValidationRule, at path: FieldPath) -> JSONValue {
        if rule.claim.isEmpty { return ["type": "CEL", "cel": condition(rule.expression, rule.message, at: path)] }
        if !rule.requiredValue.isEmpty {
            let required: JSONValue = ["claim": .string(rule.claim), "requiredValue": .string(rule.requiredValue)]
            return ["type": "RequiredClaim", "requiredClaim": required]
        }
        // A required value may not be empty there.
        let claim = JSONWriter.text(of: .string(rule.claim))
        let expression = "claims[?\(claim)].hasValue() && claims[\(claim)] == ''"
        note(path["requiredValue"], "an empty value becomes the expression \(expression)")
        let message = "claim \(rule.claim) must be an empty string"
        return ["type": "CEL", "cel": condition(expression, message, at: path)]
    }

    private mutating func condition(_ expression: String, _ message: String, at path: FieldPath) -> JSONValue {
        var text = message
        if message.isEmpty {
            text = "failed: \(expression)"
            note(path["message"], "an Authentication must have one; the expression itself was put there")
        } else if message.unicodeScalars.count > Self.longestMessage {
            note(path["message"], "cut off after \(Self.longestMessage) characters")
        }
        let scalars = text.unicodeScalars.prefix(Self.longestMessage)
        return ["expression": .string(expression), "message": .string(String(String.UnicodeScalarView(scalars)))]
    }
}
