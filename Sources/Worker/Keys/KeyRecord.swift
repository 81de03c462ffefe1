import Logging
import Snapshot
import Synchronization

/// Keeps the newest keys on disk, so that a worker which starts without a network knows them: many changes become one write.
final class KeyRecord: Sendable {
    /// Between two writes, in seconds: of other keys, and of nothing but that the same keys are still the provider's.
    static let pause: Int64 = 10
    static let pauseOfConfirmations: Int64 = 5 * 60

    private struct Pending {
        var changed = false
        var confirmed = false
        var writtenAt: Int64?
    }

    private let live: LiveState
    private let file: LastGoodFile
    private let logger: Logger
    private let pending = Mutex(Pending())

    init(live: LiveState, file: LastGoodFile, logger: Logger) {
        (self.live, self.file, self.logger) = (live, file, logger)
    }

    func changed() { pending.withLock { $0.changed = true } }
    func confirmed() { pending.withLock { $0.confirmed = true } }

    /// Writes if there is something to write and the last time was long enough ago.
    func writeIfDue(now: Int64) {
        if take(at: now, if: { Self.isDue($0, now: now) }) { write(live.load()) }
    }

    /// Writes what was not yet written.
    func writeRest(now: Int64) {
        if take(at: now, if: { $0.changed || $0.confirmed }) { write(live.load()) }
    }

    private static func isDue(_ pending: Pending, now: Int64) -> Bool {
        guard let writtenAt = pending.writtenAt, writtenAt <= now else { return pending.changed || pending.confirmed }
        return pending.changed && now - writtenAt >= pause || pending.confirmed && now - writtenAt >= pauseOfConfirmations
    }

    private func take(at now: Int64, if isDue: (Pending) -> Bool) -> Bool {
        pending.withLock { pending in
            guard isDue(pending) else { return false }
            pending = Pending(writtenAt: now)
            return true
        }
    }

    /// If they cannot be kept, the older ones stay on disk.
    private func write(_ state: WorkerState) {
        guard var snapshot = state.snapshot else { return }
        for index in snapshot.issuers.indices {
            snapshot.issuers[index].seed = state.keys[snapshot.issuers[index].issuerURL]?.seed
        }
        do {
            try file.saveKeys(of: snapshot)
        } catch {
            logger.error("the last good snapshot cannot be written", metadata: ["error": "\(error)"])
        }
    }
}
