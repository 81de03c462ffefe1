import GRDB
import Synchronization

/// Writes that come while the disk is busy go down together: one transaction, one sync, and then an answer to each.
///
/// Each runs within a savepoint of its own, so that one that is refused takes nothing of the others with it. None is answered, not
/// even with a refusal, before the transaction is on disk: what it was refused for may be another write of the same transaction.
struct GroupCommit: ~Copyable, Sendable {
    /// A change of rows, and who waits for it.
    struct Write: Sendable {
        /// Makes the change within the transaction.
        ///
        /// - Returns: what readers and watchers are told, and what then answers the writer.
        let change: @Sendable (ObjectRows) throws -> (event: StoreEvent?, answer: @Sendable () -> Void)
        let refuse: @Sendable (StoreError) -> Void
    }

    /// Not on the path of reads, and held only to put one in or to take all. As long as the writers that wait, each in a request.
    private let waiting = Mutex<[Write]>([])

    /// - Returns: whether somebody must be sent to `takeAll`: nobody is on the way.
    func add(_ write: Write) -> Bool {
        waiting.withLock { waiting in
            waiting.append(write)
            return waiting.count == 1
        }
    }

    func takeAll() -> [Write] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// Commits the writes in their order, tells their events, and answers them.
    static func commit(_ writes: [Write], _ rows: ObjectRows, tell: (StoreEvent) -> Void) {
        var events: [StoreEvent] = []
        var answers: [() -> Void] = []
        do {
            try rows.db.inTransaction(.immediate) {
                for write in writes {
                    do {
                        let (event, answer) = try change(write, rows)
                        if let event { events.append(event) }
                        answers.append(answer)
                    } catch {
                        // A full or broken disk may end the whole transaction; nothing may then be written outside of it.
                        guard rows.db.isInsideTransaction else { throw error }
                        answers.append { write.refuse(StoreError(error)) }
                    }
                }
                return .commit
            }
        } catch {
            for write in writes { write.refuse(StoreError(error)) }
            return
        }
        for event in events { tell(event) }
        for answer in answers { answer() }
    }

    private static func change(
        _ write: Write,
        _ rows: ObjectRows
    ) throws -> (event: StoreEvent?, answer: @Sendable () -> Void) {
        var changed: (event: StoreEvent?, answer: @Sendable () -> Void)?
        try rows.db.inSavepoint {
            changed = try write.change(rows)
            return .commit
        }
        guard let changed else { throw StoreError.unavailable("the write did not run") }
        return changed
    }
}
