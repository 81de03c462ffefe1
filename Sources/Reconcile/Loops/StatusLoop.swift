import JSON
import Logging
import Resolve
import Schema
import Snapshot
import Store

/// Tells how things stand: `Authentication.status` and the ClusterOperators, from what the other loops have written.
struct StatusLoop {
    let store: any ObjectStore
    let nodes: DecodedNodes
    let writer: ObjectWriter
    let events: EventRecorder
    let outcome: Shared<ConfigurationOutcome?>
    let oauthServer: OAuthServerDemand
    let watchedSince: Int64
    let version: String
    let now: @Sendable () -> Int64
    /// What the providers in force last answered.
    let providers: Shared<[ProviderHealth]?>
    /// When the evidence in `Healthy` was last written down.
    private var evidenceWrittenAt: Int64 = 0

    /// Logins are counted every second; what is shown of them is renewed no more often than after so many.
    private static let evidenceSeconds: Int64 = 30

    init(
        store: any ObjectStore,
        nodes: DecodedNodes,
        writer: ObjectWriter,
        events: EventRecorder,
        outcome: Shared<ConfigurationOutcome?>,
        oauthServer: OAuthServerDemand,
        providers: Shared<[ProviderHealth]?>,
        watchedSince: Int64,
        version: String,
        now: @escaping @Sendable () -> Int64
    ) {
        (self.store, self.nodes, self.writer, self.events, self.outcome) = (store, nodes, writer, events, outcome)
        (self.oauthServer, self.providers, self.watchedSince) = (oauthServer, providers, watchedSince)
        (self.version, self.now) = (version, now)
    }

    /// One look and at most one act; only what is different is written.
    mutating func look() async throws -> Look {
        let now = now()
        guard let fleet = try await Fleet.gather(from: store, nodes: nodes, watchedSince: watchedSince, now: now),
            let object = try await store.find(.authentication)
        else { return .settled }
        let authentication = try object.value.decoded(as: Authentication.self)
        let mode = authentication.spec.mode
        let modes = fleet.modes.compactMapValues(WorkerSnapshot.Mode.init(rawValue:))
        oauthServer.set(isOAuthServerWanted(asked: mode, members: fleet.state.members, modes: modes))

        // Before the first look at the configuration nothing can be said of it; what the last controller said stays until then.
        guard let outcome = outcome.current else { return .settled }
        let conditions = AuthenticationConditions(
            state: fleet.state,
            contents: fleet.contents,
            bystanders: fleet.bystanders,
            outcome: outcome,
            mode: mode,
            waiting: waiting(fleet),
            confirmation: fleet.confirmation,
            providers: providers.current,
            healthBefore: authentication.status?.conditions?[type: "Healthy"],
            observedGeneration: AuthenticationConditions.observedGeneration(
                outcome,
                latestAvailable: fleet.status.latestAvailableRevision ?? 0,
                before: authentication.status?.conditions?[type: "Available"]?.observedGeneration
            )
        )
        let status = try await status(of: authentication, conditions, fleet, now)
        if try await write(status, to: object) { return .acted }
        let operators = OperatorConditions(conditions: conditions, outcome: outcome, clients: status.oidcClients ?? [])
        let summaries = [
            ("kube-apiserver", kubeAPIServerConditions(fleet)),
            ("authentication", OperatorSummary.conditions(of: operators.authentication, now: now)),
            ("console", OperatorSummary.conditions(of: operators.console, now: now)),
        ]
        for (name, conditions) in summaries {
            if try await write(conditions, toOperator: name, now) { return .acted }
        }
        let everybody = fleet.state.members.map(\.node) + fleet.bystanders
        let silent = SilentNodes(store: store, writer: writer)
        if try await silent.look(everybody, watchedSince: watchedSince, now: now) { return .acted }
        let degraded = OperatorSummary.nextChange(of: fleet.status.conditions ?? [], inertia: .kubeAPIServer, now: now)
        let pause = [nextSilence(fleet.state), degraded.map { $0 - now }].compactMap { $0 }.min()
        return pause.map { .again(after: .seconds(max(1, $0))) } ?? .settled
    }

    /// What the roll-out waits for, by the same decision as the loop that carries it out.
    private func waiting(_ fleet: Fleet) -> Step.Wait? {
        if fleet.operatorSpec?.managementState == "Unmanaged" {
            return Step.Wait(reason: "nobody is sent anywhere while KubeAPIServer/cluster is Unmanaged")
        }
        let step = fleet.gate(oauthServer).admit(nextStep(fleet.state), fleet.state)
        guard case .wait(let wait) = step else { return nil }
        return wait
    }

    private mutating func status(
        of authentication: Authentication,
        _ conditions: AuthenticationConditions,
        _ fleet: Fleet,
        _ now: Int64
    ) async throws -> Authentication.Status {
        let time = Timestamp.text(of: now)
        var status = authentication.status ?? Authentication.Status()
        status.currentRevision = fleet.state.statuses.map(\.currentRevision).min() ?? 0
        let isOAuth = authentication.spec.mode == .integratedOAuth
        let isPublished = try await store.find(.oauthMetadata) != nil
        status.integratedOAuthMetadata = isOAuth && isPublished ? NameReference(name: ObjectID.oauthMetadata.name) : nil
        status.oidcClients =
            OIDCClientStatuses(
                spec: authentication.spec,
                current: status.oidcClients ?? [],
                secretProblem: try await consoleSecretProblem(authentication.spec),
                isRollingOut: NodeConditions(fleet.state).isProgressing,
                generation: authentication.metadata.generation ?? 0,
                now: time
            ).entries
        let wanted = conditions.all
        var kept = (status.conditions ?? []).filter { wanted[type: $0.type] != nil }
        for condition in wanted where !isOldNews(condition, kept[type: condition.type], now) { kept.set(condition, now: time) }
        status.conditions = kept
        return status
    }

    /// Whether a condition says the same with newer evidence, too soon after the last.
    private mutating func isOldNews(_ condition: Condition, _ old: Condition?, _ now: Int64) -> Bool {
        guard condition.type == "Healthy", let old, old.message != condition.message else { return false }
        let isSame =
            old.status == condition.status && old.reason == condition.reason
            && old.observedGeneration == condition.observedGeneration
        if isSame, (0..<Self.evidenceSeconds).contains(now - evidenceWrittenAt) { return true }
        evidenceWrittenAt = now
        return false
    }

    private func consoleSecretProblem(_ spec: Authentication.Spec) async throws -> String? {
        let clients = spec.mode == .oidc ? spec.oidcProviders?.first?.oidcClients ?? [] : []
        let console = clients.first { $0.componentNamespace == "openshift-console" && $0.componentName == "console" }
        guard let name = console?.clientSecret?.name, !name.isEmpty else { return nil }
        return try await store.find(.secret(name)) == nil ? "secret \"\(name)\" not found" : nil
    }

    /// Members of the status that we do not know stay as they are.
    private func write(_ status: Authentication.Status, to object: StoredObject) async throws -> Bool {
        var value = object.value["status"] ?? [:]
        let new = try JSONValue(encoding: status)
        for name in ["conditions", "currentRevision", "integratedOAuthMetadata", "oidcClients"] { value[name] = new[name] }
        return try await writer.setStatus(value, of: object)
    }

    private func kubeAPIServerConditions(_ fleet: Fleet) -> [Condition] {
        fleet.operatorSpec?.managementState == "Unmanaged"
            ? OperatorSummary.unmanaged
            : OperatorSummary.conditions(of: fleet.status.conditions ?? [], inertia: .kubeAPIServer, now: fleet.state.now)
    }

    private func write(_ conditions: [Condition], toOperator name: String, _ now: Int64) async throws -> Bool {
        let id = ObjectID(.clusterOperators, name: name)
        guard let object = try await store.find(id) else {
            let empty: JSONValue = [
                "apiVersion": "config.openshift.io/v1", "kind": "ClusterOperator", "metadata": ["name": .string(name)],
                "spec": [:],
            ]
            return try await writer.create(empty, now: now) != nil
        }
        let clusterOperator = try object.value.decoded(as: ClusterOperator.self)
        let before = clusterOperator.status?.conditions ?? []
        var kept = before
        let time = Timestamp.text(of: now)
        for condition in conditions { kept.set(condition, now: time) }
        var value = object.value["status"] ?? [:]
        value["conditions"] = try JSONValue(encoding: kept)
        value["versions"] = try JSONValue(encoding: [ClusterOperator.Version(name: "operator", version: version)])
        guard try await writer.setStatus(value, of: object) else { return false }
        if let change = Self.change(from: before, to: kept) {
            await events.record("OperatorStatusChanged", "Status for clusteroperator/\(name) changed: \(change)")
            try await events.prune()
        }
        return true
    }

    /// What is another status than before, in OKD's words; nil: nothing is. OKD tells new words of the same status, too: a roll-out
    /// has so many of them here that they would drive everything else out of the events.
    static func change(from before: [Condition], to after: [Condition]) -> String? {
        let changes = after.compactMap { condition -> String? in
            let message = (condition.message ?? "").quotedOnOneLine
            guard let old = before[type: condition.type] else {
                return "\(condition.type) set to \(condition.status.rawValue) (\(message))"
            }
            guard old.status != condition.status else { return nil }
            return "\(condition.type) changed from \(old.status.rawValue) to \(condition.status.rawValue) (\(message))"
        }
        return changes.isEmpty ? nil : changes.joined(separator: ",")
    }

    /// Seconds until the next worker counts as down by its silence.
    private func nextSilence(_ state: RolloutState) -> Int64? {
        state.members.map { max($0.node.heartbeatAt, watchedSince) + WorkerNode.heartbeatLimit + 1 - state.now }.filter {
            $0 > 0
        }.min()
    }
}

extension String {
    /// In quotation marks, with what would break the line escaped.
    fileprivate var quotedOnOneLine: String {
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\"": "\\\""
            case "\\": "\\\\"
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
