import AuthenticationFile
import Authenticator
import JSON
import Snapshot

/// Tokens judged by the Kubernetes JWT authenticator: the same configuration, keys, time and token must give the same user or a refusal.
enum AuthenticateFamily {
    static func judge(_ one: ConformanceCase) async throws -> Verdict {
        let value = one.value
        if value["goOnlyOptions"] != nil { return .skipped("an option of a Go library") }
        if value["category"]?.stringValue == "go-json-quirk" { return .skipped("a quirk of Go's JSON decoder") }
        guard value["keySource"]?.stringValue == "remote" else { return judge(one, keys: nil) }
        return try await CaseServer.with(routes: value["routes"] ?? [:], named: one.serverURL) { server in
            let moved = try RemoteKeys.moved(one, to: server)
            guard let file = ConfigurationText(of: moved.value) else { return .skipped("without a configuration") }
            return judge(moved, keys: try await RemoteKeys.fetch(try compile(file, of: moved).snapshot.issuers))
        }
    }

    /// - Parameter fetched: the keys that the issuers answered with; nil: the case has them itself.
    private static func judge(_ one: ConformanceCase, keys fetched: [ExactString: KeySet]?) -> Verdict {
        let value = one.value
        guard let want = value["want"], let result = want["result"]?.stringValue else { return .skipped("no expectation") }
        guard let file = ConfigurationText(of: value) else { return .skipped("without a configuration") }
        let compiled: CompiledSnapshot
        do {
            compiled = try compile(file, of: one)
        } catch {
            return configurationRefusals.contains(result)
                ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "the configuration is refused: \(error)")
        }
        if configurationRefusals.contains(result) {
            return .failed(expected: JSONWriter.text(of: want), actual: "the configuration is taken")
        }
        if result == "unhealthy", let fetched {
            return fetched.isEmpty ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "there are keys")
        }
        guard let token = value["token"]?.stringValue, let now = value["nowUnix"]?.integerValue else {
            return .skipped("without a token")
        }
        let keys = CaseKeys(value["jwks"], fetched: fetched)
        let verdict = TokenAuthenticator(compiled).consider(
            Array(token.utf8),
            keys: keys.set,
            opaqueTokens: NoOpaqueTokens(),
            now: now
        )
        let decision = CaseAnswers(one).decision(verdict, keys: keys.set, now: now)
        let outcome = compare(decision, want, result)
        guard case .failed = outcome else { return outcome }
        // The keys of the issuer in question, if there is more than one.
        let asked = compiled.snapshot.issuers.map { keys.set(of: $0.issuerURL) }.first { $0?.unusable.isEmpty == false }
        let reason = DeliberateDifference.reason(of: token, result, decision, asked ?? nil)
        return reason.map { .skipped($0) } ?? outcome
    }

    /// Results that say nothing about a token, as the configuration itself cannot be used.
    private static let configurationRefusals: Set<String> = ["initError", "configInvalid", "configLoadError"]

    private struct UnknownAlgorithm: Error, CustomStringConvertible {
        let name: String
        var description: String { "unsupported signing algorithm \(name)" }
    }

    private static func compile(_ file: ConfigurationText, of one: ConformanceCase) throws -> CompiledSnapshot {
        let configuration = try AuthenticationConfiguration.read(
            file.bytes,
            source: one.name,
            disallowedIssuers: one.value["disallowedIssuers"].stringValues
        )
        for name in one.value["supportedSigningAlgs"].stringValues where SignatureAlgorithm(rawValue: name) == nil {
            throw UnknownAlgorithm(name: name)
        }
        // The cases are Kubernetes' own, which lets `system:` names pass.
        return try CompiledSnapshot.compile(try configuration.snapshot(revision: 1, allowsReservedNames: true))
    }

    private static func compare(_ decision: Decision, _ want: JSONValue, _ result: String) -> Verdict {
        let agrees: Bool
        switch (decision, result) {
        case (.authenticated(let identity), "user"): agrees = description(of: identity) == description(of: want["user"])
        case (.refused, "error"), (.unknowable, "error"), (.notMine, "skip"): agrees = true
        case (.unknowable, "jwksError"), (.unknowable, "unhealthy"): agrees = true
        default: agrees = false
        }
        if agrees { return .passed }
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
}

/// The keys of a case: what was fetched, one set for whoever asks, or a set for each issuer. A set that cannot be read is like one that never came.
private struct CaseKeys {
    private let common: KeySet?
    private let byIssuer: JSONObject
    private let fetched: [ExactString: KeySet]?

    init(_ value: JSONValue?, fetched: [ExactString: KeySet]?) {
        self.fetched = fetched
        let isSet = value?["keys"]?.arrayValue != nil
        common = isSet ? value.flatMap(Self.parsed) : nil
        byIssuer = isSet ? [:] : value?.objectValue ?? [:]
    }

    func set(of issuerURL: String) -> KeySet? {
        if let fetched { return fetched[ExactString(issuerURL)] }
        return common ?? byIssuer[issuerURL].flatMap(Self.parsed)
    }

    private static func parsed(_ value: JSONValue) -> KeySet? { try? KeySet.parse(JSONWriter.text(of: value)) }
}
