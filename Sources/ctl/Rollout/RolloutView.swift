import JSON

/// Where a roll-out stands, read from the objects that the controller and the workers write.
struct RolloutView: Sendable, Hashable {
    struct Worker: Sendable, Hashable {
        let name: String
        /// 0: none yet.
        let revision: Int64
        /// 0: it keeps what it has.
        let target: Int64
        let isReady: Bool
        /// Why it is not ready, or why it refused a revision.
        let message: String
        /// 0: none.
        let failedRevision: Int64
        let errors: [String]
    }

    enum Phase: Sendable, Hashable {
        /// The controller has not looked at the newest configuration yet.
        case notSeen
        case progressing
        /// Somebody holds the roll-out where it is.
        case paused(String)
        case done
        /// The newest revision failed on a worker.
        case failed(String)
        /// The newest configuration did not become a revision.
        case refused(String)
    }

    /// What the roll-out waits for.
    struct Waiting: Sendable, Hashable {
        let reason: String
        /// When that has had its time, in seconds since 1970; nil: it may take as long as it takes.
        let deadline: Int64?
    }

    let latest: Int64
    let workers: [Worker]
    /// There are some, and roll-outs leave them all out.
    let areAllDrained: Bool
    let phase: Phase
    /// nil unless it is on its way and waits.
    let waiting: Waiting?
    /// What somebody has to do so that it stays; nil: nothing.
    let confirmation: String?

    init(kubeAPIServer: JSONValue, nodes: [JSONValue], authentication: JSONValue) {
        let status = kubeAPIServer["status"] ?? [:]
        latest = status["latestAvailableRevision"]?.integerValue ?? 0
        let records = status["nodeStatuses"]?.arrayValue ?? []
        let recorded = records.compactMap { $0["nodeName"]?.stringValue }
        let seen = nodes.compactMap { $0.value(at: "metadata", "name")?.stringValue }
        // Roll-outs leave them out, and nobody waits for them.
        let unwanted = nodes.filter { $0.value(at: "spec", "unschedulable")?.boolValue == true }
            .compactMap { $0.value(at: "metadata", "name")?.stringValue }
        workers = Set(recorded + seen).subtracting(unwanted).sorted(by: Self.precedes).map { name in
            Worker(
                name: name,
                record: records.first { $0["nodeName"]?.stringValue == name } ?? [:],
                node: nodes.first { $0.value(at: "metadata", "name")?.stringValue == name }
            )
        }
        areAllDrained = workers.isEmpty && !unwanted.isEmpty
        let isGood = status["lastGoodRevision"]?.integerValue ?? 0 >= latest
        phase = Self.phase(latest: latest, isGood: isGood, workers: workers, Opinion(authentication))
        let confirmed = authentication.value(at: "status", "conditions")?.arrayValue?.first {
            $0["type"]?.stringValue == "Confirmed"
        }
        confirmation = confirmed?["message"]?.stringValue.map(PrintableText.cell)
        waiting = phase == .progressing ? Waiting(status["waiting"]) : nil
    }

    /// - Parameter isGood: all workers have served the latest revision, for as long and in such a way as the policy demands.
    private static func phase(latest: Int64, isGood: Bool, workers: [Worker], _ opinion: Opinion) -> Phase {
        if !opinion.isCurrent { return .notSeen }
        let isEverywhere = workers.allSatisfy { $0.revision == latest && $0.target == 0 }
        if isEverywhere, let reason = opinion.refusal { return .refused(reason) }
        if latest > 0, let failed = workers.first(where: { $0.failedRevision == latest && $0.revision != latest }) {
            // Those who took it go back first, so that the table shown last is what stays.
            if workers.contains(where: { $0.target != 0 && $0.target != latest }) { return .progressing }
            return .failed(failed.errors.isEmpty ? "\(failed.name) did not take it" : failed.errors.joined(separator: "; "))
        }
        if isEverywhere && isGood && latest > 0 && !workers.isEmpty && workers.allSatisfy(\.isReady) { return .done }
        return opinion.pause.map(Phase.paused) ?? .progressing
    }

    /// `worker-2` before `worker-10`.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.count == right.count ? left < right : left.count < right.count
    }
}

// MARK: - As text

extension RolloutView {
    /// `3 nodes are at revision 4`, with one part per revision.
    var summary: String {
        guard !workers.isEmpty else { return latest == 0 ? "none yet" : "\(latest); there are no nodes" }
        let counts = Dictionary(grouping: workers, by: \.revision).mapValues(\.count).sorted { $0.key < $1.key }
        var parts = counts.map { revision, count in "\(count) node\(count == 1 ? " is" : "s are") at revision \(revision)" }
        if latest > 0, counts.last?.key != latest { parts.append("0 nodes have achieved new revision \(latest)") }
        return parts.joined(separator: "; ")
    }

    func table(style: TextStyle) -> TextTable {
        TextTable(
            header: ["NAME", "REVISION", "TARGET", "READY", "MESSAGE"],
            rows: workers.map { worker in
                [
                    worker.name, "\(worker.revision)", worker.target == 0 ? "-" : "\(worker.target)",
                    worker.isReady ? "yes" : "no", worker.message,
                ]
            }
        )
    }
}

extension RolloutView.Waiting {
    fileprivate init?(_ value: JSONValue?) {
        guard let reason = value?["reason"]?.stringValue else { return nil }
        self.init(reason: PrintableText.cell(reason), deadline: value?["deadline"]?.stringValue.flatMap(Timestamp.seconds))
    }
}

extension RolloutView.Worker {
    fileprivate init(name: String, record: JSONValue, node: JSONValue?) {
        let ready = node?.value(at: "status", "conditions")?.arrayValue?.first { $0["type"]?.stringValue == "Ready" }
        let isReady = ready?["status"]?.stringValue == "True"
        let failure = record["lastFailedRevision"]?.integerValue ?? 0
        let errors = record["lastFailedRevisionErrors"].stringValues
        let revision = record["currentRevision"]?.integerValue ?? 0
        let complaint = [ready?["reason"], ready?["message"]].compactMap { $0?.stringValue }.filter { !$0.isEmpty }
        var messages = isReady ? [] : [complaint.isEmpty ? "not heard of yet" : complaint.joined(separator: ": ")]
        if failure > revision { messages.append("revision \(failure) failed: \(errors.joined(separator: "; "))") }
        self.init(
            name: name,
            revision: revision,
            target: record["targetRevision"]?.integerValue ?? 0,
            isReady: isReady,
            message: messages.joined(separator: "; ").replacing("\n", with: " "),
            failedRevision: failure,
            errors: errors
        )
    }
}

/// What the controller says of the newest configuration.
private struct Opinion {
    /// False while its last word is about an older one.
    let isCurrent: Bool
    /// Why the configuration did not become a revision; nil when it did.
    let refusal: String?
    /// What it says while the roll-out is held; nil when it is not.
    let pause: String?

    init(_ authentication: JSONValue) {
        let generation = authentication.value(at: "metadata", "generation")?.integerValue ?? 0
        let conditions = authentication.value(at: "status", "conditions")?.arrayValue ?? []
        // One condition may be written before another; the oldest word counts.
        let seen =
            conditions.compactMap { $0["observedGeneration"]?.integerValue }.min() ?? (conditions.isEmpty ? 0 : generation)
        isCurrent = !conditions.isEmpty && seen >= generation
        // Degraded alone would not do: a worker that is down, or a revision that failed, is not a configuration held back.
        let held = conditions.first { condition in
            ["Accepted", "Probed"].contains(condition["type"]?.stringValue ?? "") && condition["status"]?.stringValue == "False"
        }
        let paused = conditions.first { $0["type"]?.stringValue == "RolledOut" && $0["reason"]?.stringValue == "Paused" }
        pause = paused.map { $0["message"]?.stringValue ?? "the roll-out is paused" }
        refusal = held.map { $0["message"]?.stringValue ?? $0["reason"]?.stringValue ?? "the reason is not known" }
    }
}
