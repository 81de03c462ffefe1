import Authenticator
import JSON
import Snapshot

/// Tokens judged by the Kubernetes JWT authenticator: the same configuration, keys, time and token must give the same user or a refusal.
enum AuthenticateFamily {
    /// Where we answer otherwise on purpose, by what we refuse.
    private static let deliberateDifferences: [Refusal.Reason: String] = [
        .usernameInvalid: "empty user names are refused here"
    ]

    static func judge(_ one: ConformanceCase) -> Verdict {
        let value = one.value
        if value["goOnlyOptions"] != nil { return .skipped("an option of a Go library") }
        if value["category"]?.stringValue == "go-json-quirk" { return .skipped("a quirk of Go's JSON decoder") }
        guard value["keySource"]?.stringValue == "static" else { return .skipped("needs an issuer that answers") }
        guard let want = value["want"], let result = want["result"]?.stringValue else { return .skipped("no expectation") }
        if result == "initError" || result.hasPrefix("config") {
            return .skipped("about the configuration file's own validation")
        }
        guard let configuration = value["authenticationConfiguration"], let token = value["token"]?.stringValue,
            let now = value["nowUnix"]?.integerValue
        else { return .skipped("without a configuration or token") }
        let compiled: CompiledSnapshot
        let keys: KeySet?
        do {
            compiled = try CompiledSnapshot.compile(snapshot(of: configuration))
            keys = try value["jwks"].map { try KeySet.parse(JSONWriter.text(of: $0)) }
        } catch {
            return .failed(expected: JSONWriter.text(of: want), actual: "\(error)")
        }
        let verdict = TokenAuthenticator(compiled).consider(
            Array(token.utf8),
            keys: { _ in keys },
            opaqueTokens: NoOpaqueTokens(),
            now: now
        )
        let decision = CaseAnswers(one).decision(verdict, keys: { _ in keys }, now: now)
        return compare(decision, want, result)
    }

    private static func compare(_ decision: Decision, _ want: JSONValue, _ result: String) -> Verdict {
        let agrees: Bool
        switch (decision, result) {
        case (.authenticated(let identity), "user"): agrees = description(of: identity) == description(of: want["user"])
        case (.refused, "error"), (.unknowable, "error"), (.notMine, "skip"): agrees = true
        default: agrees = false
        }
        if agrees { return .passed }
        if result == "user", let reason = decision.refusal.flatMap({ deliberateDifferences[$0.reason] }) {
            return .skipped(reason)
        }
        let actual = decision.identity.map(description) ?? decision.refusal.map { "\($0)" } ?? ""
        return .failed(expected: result == "user" ? description(of: want["user"]) : JSONWriter.text(of: want), actual: actual)
    }

    private static func description(of identity: Identity) -> String {
        let extra = identity.extra.map { "\($0)=\($1)" }.sorted()
        return "\(identity.username) uid=\(identity.uid) groups=\(identity.groups) extra=\(extra)"
    }

    private static func description(of want: JSONValue?) -> String {
        let groups = (want?["groups"]).stringValues
        let extra =
            want?["extra"]?.objectValue?.map { "\($0.name)=\($0.value.stringValues)" }.sorted()
            ?? []
        return "\(want?["username"]?.stringValue ?? "") uid=\(want?["uid"]?.stringValue ?? "") groups=\(groups) extra=\(extra)"
    }

    // MARK: - apiserver.config.k8s.io to a snapshot

    private static func snapshot(of configuration: JSONValue) -> WorkerSnapshot {
        WorkerSnapshot(revision: 1, mode: .oidc, issuers: (configuration["jwt"]?.arrayValue ?? []).map(issuer))
    }

    private static func issuer(_ jwt: JSONValue) -> Issuer {
        let mappings = jwt["claimMappings"]
        return Issuer(
            name: jwt.value(at: "issuer", "url")?.stringValue ?? "",
            issuerURL: jwt.value(at: "issuer", "url")?.stringValue ?? "",
            audiences: jwt.value(at: "issuer", "audiences").stringValues,
            claimMappings: ClaimMappings(
                username: source(mappings?["username"]) ?? .claim("", prefix: ""),
                groups: source(mappings?["groups"]),
                uid: source(mappings?["uid"]),
                extra: (mappings?["extra"]?.arrayValue ?? []).map {
                    ClaimMappings.Extra(
                        key: $0["key"]?.stringValue ?? "",
                        valueExpression: $0["valueExpression"]?.stringValue ?? ""
                    )
                }
            ),
            claimValidationRules: (jwt["claimValidationRules"]?.arrayValue ?? []).map { rule in
                if let claim = rule["claim"]?.stringValue, !claim.isEmpty {
                    return .requiredClaim(claim: claim, requiredValue: rule["requiredValue"]?.stringValue ?? "")
                }
                return .cel(expression: rule["expression"]?.stringValue ?? "", message: rule["message"]?.stringValue ?? "")
            },
            userValidationRules: (jwt["userValidationRules"]?.arrayValue ?? []).map {
                UserValidationRule(expression: $0["expression"]?.stringValue ?? "", message: $0["message"]?.stringValue ?? "")
            },
            // Kubernetes leaves it to rules to keep such names out.
            allowsReservedNames: true
        )
    }

    private static func source(_ mapping: JSONValue?) -> ClaimMappings.Source? {
        if let expression = mapping?["expression"]?.stringValue, !expression.isEmpty { return .expression(expression) }
        guard let claim = mapping?["claim"]?.stringValue, !claim.isEmpty else { return nil }
        return .claim(claim, prefix: mapping?["prefix"]?.stringValue ?? "")
    }
}
