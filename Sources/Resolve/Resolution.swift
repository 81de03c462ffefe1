import Authenticator
import JSON
package import Schema
package import Snapshot

/// A configuration with everything put in place of what it refers to, or all that stands in the way.
package struct Resolution: Hashable, Sendable {
    /// Without number and without keys; of use only where there are no problems.
    package var content: WorkerSnapshot
    package var problems: [ConfigurationProblem]

    /// Reads `spec` with what it refers to. Touches no network and never stops at the first problem.
    package init(of spec: Authentication.Spec, with objects: ReferencedObjects) {
        let mode: WorkerSnapshot.Mode =
            switch spec.mode {
            case .oidc: .oidc
            case .integratedOAuth: .integratedOAuth
            case .none: .none
            }
        content = WorkerSnapshot(revision: 0, mode: mode)
        problems = []
        if mode == .oidc {
            for (index, provider) in (spec.oidcProviders ?? []).enumerated() { add(provider, at: index, of: spec, objects) }
        } else {
            content.oauthMetadata = oauthMetadata(of: spec, objects)
            content.webhook = webhook(of: spec, objects)
        }
        guard problems.isEmpty else { return }
        do {
            _ = try CompiledSnapshot.compile(content)
        } catch {
            problems += error.problems.map { problem in
                ConfigurationProblem(message: "\(problem)", advice: "\(problem.path) cannot be used: \(problem.message)")
            }
        }
    }

    /// The administrator's own document wins; without one, the built-in server's is taken where that server is in charge.
    private mutating func oauthMetadata(of spec: Authentication.Spec, _ objects: ReferencedObjects) -> String? {
        guard let name = spec.oauthMetadata?.name, !name.isEmpty else {
            return spec.mode == .integratedOAuth ? objects.text("oauthMetadata", of: .oauthMetadata) : nil
        }
        guard let text = text(of: .oauthMetadata, in: name, namedAt: "spec.oauthMetadata", objects) else { return nil }
        guard let document = try? JSONParser.parse(text), document.objectValue != nil else {
            let place = "\(ObjectID.configNamespace)/\(name)"
            report(
                "configmap \(place) key \"oauthMetadata\" is not valid JSON",
                "the key oauthMetadata of config map \(place) is not a JSON object; put the document of RFC 8414 there"
            )
            return nil
        }
        return text
    }

    mutating func report(_ message: String, _ advice: String) {
        problems.append(ConfigurationProblem(message: message, advice: advice))
    }
}

// MARK: - Providers

extension Resolution {
    private mutating func add(
        _ provider: Authentication.OIDCProvider,
        at index: Int,
        of spec: Authentication.Spec,
        _ objects: ReferencedObjects
    ) {
        let path = "spec.oidcProviders[\(index)]"
        let issuer = provider.issuer
        if let own = spec.serviceAccountIssuer, own.utf8.elementsEqual(issuer.issuerURL.utf8) {
            report(
                generating("issuer", provider) + "issuer url cannot overlap with the ServiceAccount issuer url",
                "\(path).issuer.issuerURL must differ from spec.serviceAccountIssuer; change one of them"
            )
        }
        let authority = certificateAuthority(of: provider, at: path, objects)
        let staticKeys = staticKeys(of: provider, at: path, objects)
        let mappings = claimMappings(of: provider, at: path)
        let sources = claimsSources(of: provider, at: path, objects)
        for client in provider.oidcClients ?? [] { check(client, objects) }
        guard let mappings else { return }
        content.issuers.append(
            Issuer(
                name: provider.name,
                issuerURL: issuer.issuerURL,
                discoveryURL: issuer.discoveryURL.flatMap { $0.isEmpty ? nil : $0 },
                audiences: issuer.audiences,
                certificateAuthority: authority,
                claimMappings: mappings,
                claimValidationRules: claimValidationRules(of: provider, at: path),
                userValidationRules: (provider.userValidationRules ?? []).map {
                    Snapshot.UserValidationRule(expression: $0.expression, message: $0.message)
                },
                allowsReservedNames: provider.claimMappings.reservedNamePolicy == "Allow",
                staticKeys: staticKeys,
                externalClaimsSources: sources
            )
        )
    }

    func generating(_ part: String, _ provider: Authentication.OIDCProvider) -> String {
        "generating \(part) for provider \"\(provider.name)\": "
    }

    private mutating func certificateAuthority(
        of provider: Authentication.OIDCProvider,
        at path: String,
        _ objects: ReferencedObjects
    ) -> String? {
        guard let name = provider.issuer.issuerCertificateAuthority?.name, !name.isEmpty else { return nil }
        let prefix = generating("issuer", provider) + "getting CertificateAuthority for issuer: "
        return authority(
            named: name,
            prefix: prefix,
            what: "issuer CA",
            at: "\(path).issuer.issuerCertificateAuthority",
            objects
        )
    }

    /// - Parameter what: what the message calls it.
    mutating func authority(
        named name: String,
        prefix: String,
        what: String,
        at field: String,
        _ objects: ReferencedObjects
    ) -> String? {
        guard let bundle = text(of: .authority, in: name, namedAt: field, prefix: prefix, objects) else { return nil }
        do {
            try CertificateBundle.check(bundle)
        } catch {
            let place = "\(ObjectID.configNamespace)/\(name)"
            report(
                prefix + "\(what) is invalid: \(error)",
                "the key ca-bundle.crt of config map \(place) cannot be used: \(error); put the provider's CA in PEM there"
            )
            return nil
        }
        return bundle
    }

    /// A component that cannot log in is found out here, not by its users.
    private mutating func check(_ client: Authentication.OIDCClient, _ objects: ReferencedObjects) {
        guard let name = client.clientSecret?.name, !name.isEmpty else { return }
        let component = "\(client.componentNamespace)/\(client.componentName)"
        let hasKey = objects.hasKey(Self.clientSecretKey, in: .secret(name))
        requireClientSecret(
            name,
            of: "component \(component)",
            named: "for the client of \(component)",
            hasKey: hasKey,
            objects
        )
    }
}

// MARK: - Claims

extension Resolution {
    private mutating func claimMappings(of provider: Authentication.OIDCProvider, at path: String) -> Snapshot.ClaimMappings? {
        let mappings = provider.claimMappings
        let path = "\(path).claimMappings"
        let prefix = generating("claimMappings", provider)
        guard let username = usernameSource(provider, prefix, path) else { return nil }
        var groups: Snapshot.ClaimMappings.Source?
        if let mapping = mappings.groups {
            if let expression = mapping.expression, !expression.isEmpty {
                groups = .expression(expression)
            } else if let claim = mapping.claim, !claim.isEmpty {
                // An empty claim means no groups: looking for a claim without a name finds nothing.
                groups = .claim(claim, prefix: mapping.prefix ?? "")
            }
        }
        var uid = Snapshot.ClaimMappings.Source.claim("sub", prefix: "")
        if let mapping = mappings.uid {
            if let expression = mapping.expression, !expression.isEmpty {
                uid = .expression(expression)
            } else if let claim = mapping.claim, !claim.isEmpty {
                uid = .claim(claim, prefix: "")
            }
        }
        return Snapshot.ClaimMappings(
            username: username,
            groups: groups,
            uid: uid,
            extra: (mappings.extra ?? []).map {
                Snapshot.ClaimMappings.Extra(key: $0.key, valueExpression: $0.valueExpression)
            }
        )
    }

    private mutating func usernameSource(
        _ provider: Authentication.OIDCProvider,
        _ prefix: String,
        _ path: String
    ) -> Snapshot.ClaimMappings.Source? {
        let username = provider.claimMappings.username
        let failed = prefix + "generating username claim mapping: "
        if let expression = username.expression, !expression.isEmpty { return .expression(expression) }
        guard let claim = username.claim, !claim.isEmpty else {
            report(failed + "claim is required", "\(path).username needs a claim or an expression")
            return nil
        }
        switch username.prefixPolicy ?? "" {
        case "NoPrefix": return .claim(claim, prefix: "")
        case "Prefix":
            guard let text = username.prefix?.prefixString, !text.isEmpty else {
                report(
                    failed + "nil username prefix while policy expects one",
                    "\(path).username.prefix.prefixString is missing although prefixPolicy is Prefix"
                )
                return nil
            }
            return .claim(claim, prefix: text)
        case "":
            // An e-mail address is unique in the world; any other claim only within its issuer.
            let isEmail = claim.utf8.elementsEqual("email".utf8)
            return .claim(claim, prefix: isEmail ? "" : provider.issuer.issuerURL + "#")
        case let policy:
            report(
                failed + "invalid username prefix policy: \(policy)",
                "\(path).username.prefixPolicy must be Prefix, NoPrefix or empty"
            )
            return nil
        }
    }

    private mutating func claimValidationRules(
        of provider: Authentication.OIDCProvider,
        at path: String
    ) -> [Snapshot.ClaimValidationRule] {
        (provider.claimValidationRules ?? []).enumerated().compactMap { index, rule in
            let failed = generating("claimValidationRules", provider) + "generating claimValidationRule: "
            let field = "\(path).claimValidationRules[\(index)]"
            switch rule.type {
            case .requiredClaim:
                if let required = rule.requiredClaim {
                    return .requiredClaim(claim: required.claim, requiredValue: required.requiredValue)
                }
                report(
                    failed + "claimValidationRule.type is RequiredClaim and requiredClaim is not set",
                    "\(field).requiredClaim is missing"
                )
            case .cel:
                if let rule = rule.cel { return .cel(expression: rule.expression, message: rule.message) }
                report(failed + "claimValidationRule.type is CEL and expression is not set", "\(field).cel is missing")
            }
            return nil
        }
    }
}
