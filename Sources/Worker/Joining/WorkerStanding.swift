import Atomics

/// Whether the controller wants this worker to be used, for probes and for the worker's own report. Read on a request's path.
final class WorkerStanding: Sendable {
    /// How far a worker that is to be taken out has come.
    enum Phase: String, Sendable {
        case serving = "Serving"
        case draining = "Draining"
        /// Nobody has asked for some seconds.
        case drained = "Drained"
    }

    private static let (draining, drained, disowned, removed) = (1, 2, 4, 8)
    private let flags = ManagedAtomic(0)

    private func has(_ flag: Int) -> Bool { flags.load(ordering: .relaxed) & flag != 0 }

    /// - Returns: whether that is another value.
    @discardableResult
    private func set(_ flag: Int, _ value: Bool) -> Bool {
        let before =
            value
            ? flags.loadThenBitwiseOr(with: flag, ordering: .relaxed)
            : flags.loadThenBitwiseAnd(with: ~flag, ordering: .relaxed)
        return (before & flag != 0) != value
    }

    var phase: Phase { has(Self.draining) ? (has(Self.drained) ? .drained : .draining) : .serving }
    /// The controller's API does not take the worker's certificate. It may have lost its memory, so the worker answers on.
    var isDisowned: Bool { has(Self.disowned) }
    /// The worker's Node was deleted: it has nothing to do any more.
    var isRemoved: Bool { has(Self.removed) }

    @discardableResult
    func setDraining(_ value: Bool) -> Bool {
        if !value { set(Self.drained, false) }
        return set(Self.draining, value)
    }

    @discardableResult
    func setDrained(_ value: Bool) -> Bool { set(Self.drained, value) }

    @discardableResult
    func setDisowned(_ value: Bool) -> Bool { set(Self.disowned, value) }

    func setRemoved() { set(Self.removed, true) }

    /// Why nobody new should come, for `/readyz`.
    var problems: [String] {
        (phase == .serving ? [] : ["the worker is to be taken out of service"])
            + (isDisowned ? ["the controller does not know this worker any more"] : [])
    }
}
