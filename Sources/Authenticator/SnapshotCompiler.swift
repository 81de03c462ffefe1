import JSON
import Snapshot

/// Turns the issuers of a snapshot into judges, and collects what is wrong on the way.
struct SnapshotCompiler {
    private(set) var problems: [SnapshotProblem.Problem] = []

    mutating func issuers(of snapshot: WorkerSnapshot) -> [ExactString: CompiledIssuer] {
        var compiled: [ExactString: CompiledIssuer] = [:]
        if snapshot.mode != .oidc, !snapshot.issuers.isEmpty { report("issuers", "only mode OIDC has issuers") }
        if snapshot.mode == .oidc, snapshot.webhook != nil { report("webhook", "mode OIDC has none") }
        for (index, issuer) in snapshot.issuers.enumerated() {
            let path = "issuers[\(index)]"
            let key = ExactString(issuer.issuerURL)
            if compiled[key] != nil { report("\(path).issuerURL", "the same issuer twice: \(issuer.issuerURL)") }
            compiled[key] = compile(issuer, at: path)
        }
        return compiled
    }

    mutating func report(_ path: String, _ message: String) {
        problems.append(SnapshotProblem.Problem(path: path, message: message))
    }

    private mutating func compile(_ issuer: Issuer, at path: String) -> CompiledIssuer? {
        if issuer.issuerURL.isEmpty { report("\(path).issuerURL", "is empty") }
        if issuer.audiences.contains("") { report("\(path).audiences", "has an empty one") }
        if issuer.audiences.isEmpty { report("\(path).audiences", "is empty") }
        let mapping = mapping(issuer.claimMappings, at: "\(path).claimMappings")
        let claimConditions = issuer.claimValidationRules.enumerated().map { index, rule in
            condition(rule, at: "\(path).claimValidationRules[\(index)]")
        }
        let userConditions = issuer.userValidationRules.enumerated().map { index, rule in
            condition(rule, at: "\(path).userValidationRules[\(index)]")
        }
        let sources = claimsSources(of: issuer, at: path)
        guard let mapping else { return nil }
        let claimExpressions = mapping.expressions + claimConditions.compactMap { $0?.claimExpression }
        return CompiledIssuer(
            name: issuer.name,
            issuerURL: issuer.issuerURL,
            audiences: Set(issuer.audiences.map(ExactString.init)),
            mapping: mapping,
            claimConditions: claimConditions.compactMap(\.self),
            userConditions: userConditions.compactMap(\.self),
            allowsReservedNames: issuer.allowsReservedNames,
            certificateAuthority: issuer.certificateAuthority,
            claimsSources: sources,
            readClaims: ReadMembers(claimExpressions.map(\.members)),
            readUser: ReadMembers(userConditions.compactMap(\.self).map(\.expression.members)),
            readBySources: ReadMembers(sources.flatMap(\.expressions).map(\.members))
        )
    }

    // MARK: Mappings

    private mutating func mapping(_ mappings: ClaimMappings, at path: String) -> ClaimMapping? {
        let username = source(mappings.username, at: "\(path).username")
        let groups = mappings.groups.map { source($0, at: "\(path).groups") }
        let uid = mappings.uid.map { source($0, at: "\(path).uid") }
        var extra: [ClaimMapping.Extra] = []
        var keys: Set<ExactString> = []
        for (index, attribute) in mappings.extra.enumerated() {
            let path = "\(path).extra[\(index)]"
            if !keys.insert(ExactString(attribute.key)).inserted {
                report("\(path).key", "the same key twice: \(attribute.key)")
            }
            if attribute.key.utf8.elementsEqual(ClaimMapping.credentialID.utf8) {
                report("\(path).key", "\(attribute.key) is reserved")
            }
            guard let value = claimExpression(attribute.valueExpression, for: .mapping, at: "\(path).valueExpression") else {
                continue
            }
            extra.append(ClaimMapping.Extra(key: attribute.key, value: value))
        }
        guard let username else { return nil }
        return ClaimMapping(
            username: username,
            groups: groups ?? nil,
            takesGroupsTextWhole: mappings.groupsText == .oneGroup,
            uid: uid ?? nil,
            extra: extra
        )
    }

    private mutating func source(_ source: ClaimMappings.Source, at path: String) -> ClaimMapping.Source? {
        switch source {
        case .claim(let name, let prefix):
            if name.isEmpty { report("\(path).claim", "is empty") }
            return .claim(name, prefix: prefix)
        case .expression(let text):
            return claimExpression(text, for: .mapping, at: "\(path).expression").map { .expression($0) }
        }
    }

    // MARK: Rules

    private mutating func condition(_ rule: ClaimValidationRule, at path: String) -> CompiledIssuer.ClaimCondition? {
        switch rule {
        case .requiredClaim(let claim, let value): .requiredClaim(claim, value: value)
        case .cel(let text, let message):
            claimExpression(text, for: .condition, at: "\(path).expression").map { .expression($0, message: message) }
        }
    }

    private mutating func condition(_ rule: UserValidationRule, at path: String) -> CompiledIssuer.UserCondition? {
        do throws(ExpressionProblem) {
            return CompiledIssuer.UserCondition(expression: try UserExpression(rule.expression), message: rule.message)
        } catch {
            report("\(path).expression", error.message)
            return nil
        }
    }

    mutating func claimExpression(_ text: String, for purpose: ClaimExpression.Purpose, at path: String)
        -> ClaimExpression?
    {
        do throws(ExpressionProblem) {
            return try ClaimExpression(text, for: purpose)
        } catch {
            report(path, error.message)
            return nil
        }
    }
}
