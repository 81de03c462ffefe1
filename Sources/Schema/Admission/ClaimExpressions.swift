import CEL
import JSON

/// Compiles and type-checks every CEL expression of the OIDC providers, so that none fails for the first time on a login.
enum ClaimExpressions {
    /// The worst case of all expressions together above which the author is warned.
    private static let costWarning: UInt64 = 100_000_000

    /// One expression: where it is, what it sees and what it may give.
    private struct Expression {
        let path: FieldPath
        let text: String
        let scope: [String: CELType]
        /// Empty: anything.
        let results: [CELType]
        var role = Role.other

        enum Role { case username, emailProof, other }
    }

    static func verdict(on spec: JSONValue, old: JSONValue?, at path: FieldPath) -> Verdict {
        var verdict = Verdict()
        var costs: [(path: FieldPath, cost: UInt64)] = []
        let unchanged = Set(old?["oidcProviders"]?.arrayValue ?? [])
        for (index, provider) in (spec["oidcProviders"]?.arrayValue ?? []).enumerated() where !unchanged.contains(provider) {
            var programs: [(Expression, Program)] = []
            for expression in expressions(of: provider, at: path[index]) {
                switch compile(expression) {
                case .success(let program):
                    programs.append((expression, program))
                    costs.append((expression.path, program.estimatedCost))
                case .failure(let issue): verdict.issues.append(issue)
                }
            }
            verdict.issues += emailIssues(programs)
        }
        verdict.warnings += costWarnings(costs)
        return verdict
    }

    private static func compile(_ expression: Expression) -> Result<Program, FieldIssue> {
        let program: Program
        do {
            program = try Program.compile(expression.text, in: .authentication, variables: expression.scope)
        } catch {
            return .failure(.invalid(expression.path, .string(expression.text), "compilation failed: \(error)"))
        }
        let result = program.resultType
        guard expression.results.isEmpty || result == .dyn || result == .any || expression.results.contains(result) else {
            let names = expression.results.map(\.description)
            let detail =
                names.count == 1 ? "must evaluate to \(names[0])" : "must evaluate to one of [\(names.joined(separator: " "))]"
            return .failure(.invalid(expression.path, .string(expression.text), detail))
        }
        return .success(program)
    }

    /// A name taken from an e-mail address is only as good as the provider's word that the address is the user's.
    private static func emailIssues(_ programs: [(Expression, Program)]) -> [FieldIssue] {
        guard let (username, program) = programs.first(where: { $0.0.role == .username }), program.selects(["claims", "email"])
        else { return [] }
        let isProved = programs.contains { $0.0.role != .other && $0.1.selects(["claims", "email_verified"]) }
        guard !isProved else { return [] }
        let detail =
            "claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or "
            + "claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression"
        return [.invalid(username.path, .string(username.text), detail)]
    }

    private static func costWarnings(_ costs: [(path: FieldPath, cost: UInt64)]) -> [String] {
        let total = costs.reduce(UInt64(0)) { sum, entry in
            let (result, overflow) = sum.addingReportingOverflow(entry.cost)
            return overflow ? .max : result
        }
        guard total > costWarning else { return [] }
        let top = costs.sorted { $0.cost > $1.cost }.prefix(3).map(\.path.description).joined(separator: " ")
        return ["runtime cost of all CEL expressions exceeds \(costWarning) points. top 3 most costly expressions: [\(top)]"]
    }
}

// MARK: - Where the expressions are

extension ClaimExpressions {
    private static let claims = ["claims": AuthenticationVariables.claims]
    private static let user = ["user": AuthenticationVariables.user]
    private static let response = ["response": AuthenticationVariables.response]
    private static let texts: [CELType] = [.string, .list(.string)]

    private static func expressions(of provider: JSONValue, at path: FieldPath) -> [Expression] {
        var found: [Expression] = []
        func add(
            _ value: JSONValue?,
            _ path: FieldPath,
            _ scope: [String: CELType],
            _ results: [CELType],
            _ role: Expression.Role = .other
        ) {
            guard let text = value?.stringValue, !text.isEmpty else { return }
            found.append(Expression(path: path, text: text, scope: scope, results: results, role: role))
        }
        let mappings = provider["claimMappings"]
        let mappingsPath = path["claimMappings"]
        let expression = { (name: String) in (mappings?[name]?["expression"], mappingsPath[name]["expression"]) }
        add(expression("username").0, expression("username").1, claims, [.string], .username)
        add(expression("groups").0, expression("groups").1, claims, texts)
        add(expression("uid").0, expression("uid").1, claims, [.string])
        for (index, extra) in (mappings?["extra"]?.arrayValue ?? []).enumerated() {
            add(extra["valueExpression"], mappingsPath["extra"][index]["valueExpression"], claims, texts, .emailProof)
        }
        for (index, rule) in (provider["claimValidationRules"]?.arrayValue ?? []).enumerated() {
            let rulePath = path["claimValidationRules"][index]["cel"]["expression"]
            add(rule.value(at: "cel", "expression"), rulePath, claims, [.bool], .emailProof)
        }
        for (index, rule) in (provider["userValidationRules"]?.arrayValue ?? []).enumerated() {
            add(rule["expression"], path["userValidationRules"][index]["expression"], user, [.bool])
        }
        for (index, source) in (provider["externalClaimsSources"]?.arrayValue ?? []).enumerated() {
            let sourcePath = path["externalClaimsSources"][index]
            add(source.value(at: "url", "pathExpression"), sourcePath["url"]["pathExpression"], claims, [.list(.string)])
            for (position, predicate) in (source["predicates"]?.arrayValue ?? []).enumerated() {
                add(predicate["expression"], sourcePath["predicates"][position]["expression"], claims, [.bool])
            }
            for (position, mapping) in (source["mappings"]?.arrayValue ?? []).enumerated() {
                let mappingPath = sourcePath["mappings"][position]["expression"]
                add(mapping["expression"], mappingPath, response, [])
            }
        }
        return found
    }
}
