import Reconcile

/// A worker as it really is, whatever its `Node` says.
struct SimulatedWorker {
    /// Logins per second that reach a worker.
    private static let loginsPerSecond: Int64 = 5

    let name: String
    private(set) var running: Int64 = 1
    private(set) var failed: Int64 = 0
    private(set) var isAlive = true
    private(set) var isCut = false
    /// It was cut off, down or not heard of since it took up its revision: what it does since then is not the controller's doing.
    private(set) var isOutOfHand = false
    private var readyChangedAt: Int64
    /// The controller's word that it has read last.
    private var observed: Int64 = 0
    /// How long taking up a revision takes.
    var diskSeconds: Int64 = 0
    private var pending: (revision: Int64, readyAt: Int64)?
    private var logins: [Int64: LoginTally] = [:]
    private var takenAt: Int64
    /// For how long it has judged by what runs, by a clock that nobody sets.
    private var judgedSeconds: Int64 = 5_000
    /// Reports on their way, oldest first.
    private(set) var reports: [WorkerNode] = []

    init(name: String, now: Int64) {
        (self.name, readyChangedAt, takenAt) = (name, now, now)
        logins[1] = LoginTally(accepted: 500, total: 500)
    }

    /// - Parameter isOpen: whether people can log in through the revision that runs.
    mutating func pass(_ seconds: Int64, isOpen: Bool) {
        guard isAlive, running > 0 else { return }
        judgedSeconds += seconds
        let count = min(seconds * Self.loginsPerSecond, 1_500)
        logins[running] = (logins[running] ?? LoginTally()) + LoginTally(accepted: isOpen ? count : 0, total: count)
    }

    /// Reads what is wanted and does it.
    ///
    /// - Parameter generation: the number of the controller's word.
    mutating func obey(_ wanted: Int64, generation: Int64, isRefused: Bool, now: Int64) {
        guard isAlive, !isCut, wanted != 0 else { return }
        observed = generation
        guard wanted != running else {
            (pending, failed) = (nil, 0)
            return
        }
        if let pending, pending.revision == wanted {
            guard now >= pending.readyAt || now < pending.readyAt - diskSeconds else { return }
        } else if diskSeconds > 0 {
            pending = (wanted, now + diskSeconds)
            return
        }
        pending = nil
        if isRefused {
            failed = wanted
        } else {
            // As a worker does: the logins of the revision before are told, and of an earlier one that tells more.
            let isEnough = logins[running].map { $0.accepted >= 100 } ?? false
            let earlier = logins.filter { $0.value.accepted > 0 && $0.key != running }
            let enough = earlier.filter { $0.value.accepted >= 100 }.keys.max()
            let open = isEnough ? nil : enough ?? earlier.max { ($0.value.accepted, $0.key) < ($1.value.accepted, $1.key) }?.key
            logins = logins.filter { $0.key == running || $0.key == open }
            logins[wanted] = logins[wanted] ?? LoginTally()
            (running, failed, takenAt, judgedSeconds, isOutOfHand) = (wanted, 0, now, 0, false)
        }
    }

    mutating func report(now: Int64) {
        guard isAlive, !isCut, reports.count < 8 else { return }
        reports.append(
            WorkerNode(
                name: name,
                isReady: running > 0,
                readyChangedAt: readyChangedAt,
                heartbeatAt: now,
                running: running,
                observedTargetGeneration: observed,
                failedRevision: failed,
                failureReason: failed == 0 ? "" : "RevisionNotCompiled",
                logins: logins.sorted { $0.key < $1.key }.map { revision, tally in
                    LoginRecord(provider: "idp", revision: revision, seconds: max(1, min(300, now - takenAt)), tally: tally)
                },
                judgingSince: now - judgedSeconds
            )
        )
    }

    /// The oldest report on its way; nil when there is none, or while no message gets through.
    mutating func arrive(leaving isLeft: Bool = false) -> WorkerNode? {
        guard !isCut, let report = reports.first else { return nil }
        if !isLeft { reports.removeFirst() }
        return report
    }

    mutating func lose() { if !reports.isEmpty { reports.removeFirst() } }

    mutating func crash() {
        isAlive = false
        isOutOfHand = true
        pending = nil
        reports = []
    }

    /// It starts with the revision that is on its disk, and with what it told of logins before.
    mutating func restart(now: Int64) {
        guard !isAlive else { return }
        (isAlive, readyChangedAt, takenAt, judgedSeconds, observed) = (true, now, now, 0, 0)
    }

    mutating func cut() {
        isCut = true
        isOutOfHand = true
        reports = []
    }

    mutating func heal() { isCut = false }

    /// Nobody has heard of it for so long that nobody waits for it any more.
    mutating func isGivenUp() { isOutOfHand = true }
}
