import JSON

/// What an Authentication must be like beyond its schema.
///
/// Like the rest of admission it lets a wrong value pass on an update that does not touch it.
struct AuthenticationAdmission {
    let options: Admission.Options
    let exists: ((Admission.Reference) -> Bool)?

    private static let spec = FieldPath.root["spec"]
    private static let providers = spec["oidcProviders"]
    /// The fields of `issuer` that name a config map.
    private static let configMapFields = ["issuerCertificateAuthority", "staticKeys"]

    private static let moreProviders = "multipleOIDCProviders: true in the RolloutPolicy \"cluster\" allows more"

    func verdict(on value: JSONValue, replacing old: JSONValue?, _ subresource: Admission.Subresource) -> Verdict {
        var verdict = Verdict()
        guard subresource == .none else {
            let path = FieldPath.root["status"]["integratedOAuthMetadata"]["name"]
            verdict.issues += nameIssues(value.value(at: "status", "integratedOAuthMetadata", "name"), at: path)
            return verdict
        }
        verdict.issues += confirmationIssues(value, old: old)
        guard let spec = value["spec"], spec != old?["spec"] else { return verdict }
        verdict.issues += specIssues(spec, old: old?["spec"])
        if let old, let refusal = options.modeSwitch?.refusal(from: Self.mode(old["spec"]), to: Self.mode(spec)) {
            verdict.issues.append(.forbidden(Self.spec["type"], refusal))
        }
        verdict.merge(ClaimExpressions.verdict(on: spec, old: old?["spec"], at: Self.providers))
        verdict.warnings += warnings(spec)
        return verdict
    }

    /// `postern.dev/confirm-within`: seconds, and after a space whatever tells requests apart. Read wrongly, it would be no safety at all.
    private func confirmationIssues(_ value: JSONValue, old: JSONValue?) -> [FieldIssue] {
        let name = ConfirmationAnnotation.confirmWithin
        guard let request = value.value(at: "metadata", "annotations")?[name],
            request != old?.value(at: "metadata", "annotations")?[name]
        else { return [] }
        let seconds = request.stringValue?.split(separator: " ", omittingEmptySubsequences: false).first.flatMap { Int64($0) }
        if let seconds, ConfirmationAnnotation.seconds.contains(seconds) { return [] }
        let detail =
            "must be a number of seconds from 10 to 86400, and after a space a word that differs from every earlier one"
        return [.invalid(FieldPath.root["metadata"]["annotations"][key: name], request, detail)]
    }

    /// What is no mode at all is refused by the schema.
    private static func mode(_ spec: JSONValue?) -> Authentication.Mode {
        spec?["type"]?.stringValue.flatMap(Authentication.Mode.init(rawValue:)) ?? .integratedOAuth
    }

    private func specIssues(_ spec: JSONValue, old: JSONValue?) -> [FieldIssue] {
        let type = spec["type"]?.stringValue ?? ""
        var issues = nameIssues(spec.value(at: "oauthMetadata", "name"), at: Self.spec["oauthMetadata"]["name"])
        if let webhook = spec["webhookTokenAuthenticator"] {
            let path = Self.spec["webhookTokenAuthenticator"]
            if type == "OIDC" {
                let detail = "this field cannot be set with the \"OIDC\" .spec.type"
                issues.append(.invalid(path, webhook, detail))
            } else {
                issues += nameIssues(webhook.value(at: "kubeConfig", "name"), at: path["kubeConfig"]["name"])
            }
        }
        let providers = spec["oidcProviders"]?.arrayValue ?? []
        if type == "OIDC", providers.isEmpty {
            issues.append(.required(Self.providers, "at least one OIDC provider must be configured when type is \"OIDC\""))
        }
        if !options.multipleOIDCProviders, providers.count > 1, spec["oidcProviders"] != old?["oidcProviders"] {
            issues.append(.tooMany(Self.providers, count: providers.count, limit: 1, Self.moreProviders))
        }
        issues += repetitions(providers, of: ["issuer", "issuerURL"])
        issues += repetitions(providers, of: ["issuer", "discoveryURL"])
        return issues + providerIssues(providers, spec)
    }

    private func providerIssues(_ providers: [JSONValue], _ spec: JSONValue) -> [FieldIssue] {
        let serviceAccountIssuer = spec["serviceAccountIssuer"]?.stringValue ?? ""
        return providers.enumerated().flatMap { index, provider -> [FieldIssue] in
            let path = Self.providers[index]
            var issues: [FieldIssue] = []
            for field in Self.configMapFields {
                issues += nameIssues(provider.value(at: "issuer", field, "name"), at: path["issuer"][field]["name"])
            }
            if let issuer = provider.value(at: "issuer", "issuerURL")?.stringValue, !issuer.isEmpty,
                issuer.utf8.elementsEqual(serviceAccountIssuer.utf8)
            {
                let detail = "issuer url cannot overlap with the ServiceAccount issuer url"
                issues.append(.invalid(path["issuer"]["issuerURL"], .string(issuer), detail))
            }
            for (client, value) in (provider["oidcClients"]?.arrayValue ?? []).enumerated() {
                issues += nameIssues(
                    value.value(at: "clientSecret", "name"),
                    at: path["oidcClients"][client]["clientSecret"]["name"]
                )
            }
            return issues
        }
    }

    /// An empty name means "none" in these references.
    private func nameIssues(_ name: JSONValue?, at path: FieldPath) -> [FieldIssue] {
        guard let name = name?.stringValue, !name.isEmpty else { return [] }
        return NameSyntax.subdomain.problems(with: name).map { .invalid(path, .string(name), $0) }
    }

    private func repetitions(_ providers: [JSONValue], of field: [String]) -> [FieldIssue] {
        var seen: Set<JSONValue> = []
        return providers.enumerated().compactMap { index, provider in
            let value = field.reduce(provider as JSONValue?) { $0?[$1] }
            guard let value, value != .string(""), !seen.insert(value).inserted else { return nil }
            return .duplicate(field.reduce(Self.providers[index]) { $0[$1] }, value)
        }
    }
}

// MARK: - Warnings

extension AuthenticationAdmission {
    private func warnings(_ spec: JSONValue) -> [String] {
        let type = spec["type"]?.stringValue ?? ""
        let providers = spec["oidcProviders"]?.arrayValue ?? []
        var warnings: [String] = []
        if type != "OIDC", !providers.isEmpty {
            warnings.append("spec.oidcProviders is kept but not used while spec.type is \"\(type)\"")
        }
        for (index, provider) in providers.enumerated() where Self.hasStaticKeys(provider) {
            for field in ["discoveryURL", "issuerCertificateAuthority"] where provider.value(at: "issuer", field) != nil {
                warnings.append("\(Self.providers[index]["issuer"][field]) is not used while staticKeys is set")
            }
        }
        for (index, provider) in providers.enumerated()
        where provider.value(at: "claimMappings", "reservedNamePolicy") == "Allow" {
            let path = Self.providers[index]["claimMappings"]["reservedNamePolicy"]
            warnings.append(
                "\(path) is Allow: this provider can make anybody system:admin or a member of system:masters"
            )
        }
        guard let exists else { return warnings }
        for (path, reference) in references(spec, providers) where !exists(reference) {
            let object = "\(reference.kind) \(reference.namespace)/\(reference.name)"
            warnings.append("\(path): \(object) does not exist; the change is held back until it does")
        }
        return warnings
    }

    private static func hasStaticKeys(_ provider: JSONValue) -> Bool {
        provider.value(at: "issuer", "staticKeys", "name")?.stringValue?.isEmpty == false
    }

    private func references(_ spec: JSONValue, _ providers: [JSONValue]) -> [(FieldPath, Admission.Reference)] {
        var found: [(FieldPath, Admission.Reference)] = []
        func add(_ kind: String, _ name: JSONValue?, _ path: FieldPath) {
            guard let name = name?.stringValue, !name.isEmpty else { return }
            found.append((path, Admission.Reference(kind: kind, namespace: "openshift-config", name: name)))
        }
        add("ConfigMap", spec.value(at: "oauthMetadata", "name"), Self.spec["oauthMetadata"]["name"])
        add(
            "Secret",
            spec.value(at: "webhookTokenAuthenticator", "kubeConfig", "name"),
            Self.spec["webhookTokenAuthenticator"]["kubeConfig"]["name"]
        )
        for (index, provider) in providers.enumerated() {
            let path = Self.providers[index]
            for field in Self.configMapFields {
                add("ConfigMap", provider.value(at: "issuer", field, "name"), path["issuer"][field]["name"])
            }
            for (client, value) in (provider["oidcClients"]?.arrayValue ?? []).enumerated() {
                add("Secret", value.value(at: "clientSecret", "name"), path["oidcClients"][client]["clientSecret"]["name"])
            }
        }
        return found
    }
}
