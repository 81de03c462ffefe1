import JSON
package import Schema

extension AuthenticationConfiguration {
    /// Reads and validates a file: YAML or JSON, of which the first document counts, as the API server reads it.
    ///
    /// - Parameters:
    ///   - source: the file's name, for the report.
    ///   - disallowedIssuers: issuers whose tokens somebody else judges, like those of service accounts.
    package static func read(
        _ bytes: [UInt8],
        source: String,
        disallowedIssuers: [String] = []
    ) throws(InvalidConfiguration) -> AuthenticationConfiguration {
        let first: Manifest?
        do throws(InvalidManifest) {
            first = try ManifestReader.readFirst(bytes, source: source)
        } catch {
            throw InvalidConfiguration(source: source, problems: [.unreadable(error)])
        }
        guard let manifest = first else {
            throw InvalidConfiguration(source: source, problems: [.wrongKind(.root, "the file is empty")])
        }
        return try read(manifest, disallowedIssuers: disallowedIssuers)
    }

    /// As `read(_:source:disallowedIssuers:)`, of a document that was read already.
    package static func read(
        _ manifest: Manifest,
        disallowedIssuers: [String] = []
    ) throws(InvalidConfiguration) -> AuthenticationConfiguration {
        let source = manifest.source
        var decoder = StrictDecoder()
        let configuration = decoder.configuration(manifest.value)
        if decoder.problems.contains(where: \.isWrongKind) {
            // Its fields mean something else, or nothing.
            throw InvalidConfiguration(source: source, problems: decoder.problems.filter(\.isWrongKind), in: manifest)
        }
        let issues = configuration.issues(disallowedIssuers: disallowedIssuers)
        // A value that could not be read was taken for an absent one; what follows from that is no news.
        let unread = decoder.problems.compactMap { if case .wrongType(let path, _, _) = $0 { path } else { nil } }
        let news = issues.filter { issue in
            !unread.contains { $0.isAtOrBelow(issue.path) || issue.path.isAtOrBelow($0) }
        }
        let problems = decoder.problems + news.map { .refused($0) }
        guard problems.isEmpty else { throw InvalidConfiguration(source: source, problems: problems, in: manifest) }
        return configuration
    }
}

extension StrictDecoder {
    fileprivate mutating func configuration(_ value: JSONValue) -> AuthenticationConfiguration {
        var configuration = AuthenticationConfiguration()
        guard value.objectValue != nil else {
            note(.wrongKind(.root, "the file must hold an object"))
            return configuration
        }
        let root = fields(value, at: .root, ["apiVersion", "kind", "jwt", "anonymous"])
        checkKind(root)
        configuration.jwt = list(root, "jwt") { $0.authenticator($1, at: $2) }
        if let value = root["anonymous"] {
            let fields = fields(value, at: root.path["anonymous"], ["enabled", "conditions"])
            var anonymous = AuthenticationConfiguration.Anonymous()
            anonymous.enabled = flag(fields, "enabled")
            anonymous.conditions = list(fields, "conditions") { decoder, value, path in
                let fields = decoder.fields(value, at: path, ["path"])
                return .init(path: decoder.text(fields, "path"))
            }
            configuration.anonymous = anonymous
        }
        return configuration
    }

    private mutating func checkKind(_ root: Fields) {
        typealias Configuration = AuthenticationConfiguration
        let versions = Configuration.versions.map { "\(Configuration.group)/\($0)" }
        for (name, wanted) in [("apiVersion", versions), ("kind", [Configuration.kind])] {
            let text = optionalText(root, name) ?? ""
            guard !wanted.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { continue }
            let expected = wanted.count == 1 ? wanted[0] : "one of " + wanted.joined(separator: ", ")
            note(.wrongKind(root.path[name], root[name] == nil ? "is missing; must be \(expected)" : "must be \(expected)"))
        }
    }

    private mutating func authenticator(_ value: JSONValue, at path: FieldPath) -> AuthenticationConfiguration.JWTAuthenticator
    {
        let fields = fields(value, at: path, ["issuer", "claimValidationRules", "claimMappings", "userValidationRules"])
        var authenticator = AuthenticationConfiguration.JWTAuthenticator()
        authenticator.issuer = issuer(fields["issuer"], at: path["issuer"])
        authenticator.claimValidationRules = list(fields, "claimValidationRules") { decoder, value, path in
            let fields = decoder.fields(value, at: path, ["claim", "requiredValue", "expression", "message"])
            return .init(
                claim: decoder.text(fields, "claim"),
                requiredValue: decoder.text(fields, "requiredValue"),
                expression: decoder.text(fields, "expression"),
                message: decoder.text(fields, "message")
            )
        }
        authenticator.claimMappings = mappings(fields["claimMappings"], at: path["claimMappings"])
        authenticator.userValidationRules = list(fields, "userValidationRules") { decoder, value, path in
            let fields = decoder.fields(value, at: path, ["expression", "message"])
            return .init(expression: decoder.text(fields, "expression"), message: decoder.text(fields, "message"))
        }
        return authenticator
    }

    private mutating func issuer(_ value: JSONValue?, at path: FieldPath) -> AuthenticationConfiguration.Issuer {
        let fields = fields(
            value,
            at: path,
            ["url", "discoveryURL", "certificateAuthority", "audiences", "audienceMatchPolicy", "egressSelectorType"]
        )
        return .init(
            url: text(fields, "url"),
            discoveryURL: text(fields, "discoveryURL"),
            certificateAuthority: text(fields, "certificateAuthority"),
            audiences: texts(fields, "audiences"),
            audienceMatchPolicy: text(fields, "audienceMatchPolicy"),
            egressSelectorType: text(fields, "egressSelectorType")
        )
    }

    private mutating func mappings(_ value: JSONValue?, at path: FieldPath) -> AuthenticationConfiguration.ClaimMappings {
        let mappings = fields(value, at: path, ["username", "groups", "uid", "extra"])
        let uid = fields(mappings["uid"], at: path["uid"], ["claim", "expression"])
        return .init(
            username: prefixed(mappings["username"], at: path["username"]),
            groups: prefixed(mappings["groups"], at: path["groups"]),
            uid: .init(claim: text(uid, "claim"), expression: text(uid, "expression")),
            extra: list(mappings, "extra") { decoder, value, path in
                let fields = decoder.fields(value, at: path, ["key", "valueExpression"])
                return .init(key: decoder.text(fields, "key"), valueExpression: decoder.text(fields, "valueExpression"))
            }
        )
    }

    private mutating func prefixed(
        _ value: JSONValue?,
        at path: FieldPath
    ) -> AuthenticationConfiguration.PrefixedClaimOrExpression {
        let fields = fields(value, at: path, ["claim", "prefix", "expression"])
        return .init(
            claim: text(fields, "claim"),
            prefix: optionalText(fields, "prefix"),
            expression: text(fields, "expression")
        )
    }
}

extension InvalidConfiguration.Problem {
    fileprivate var isWrongKind: Bool { if case .wrongKind = self { true } else { false } }
}
