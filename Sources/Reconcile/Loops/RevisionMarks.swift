import JSON
import Schema
import Store

/// Writes on the revisions themselves what came of them: which were good on all workers, and which failed.
///
/// It is what a person, or the controller itself, may go back to without proving it again.
struct RevisionMarks {
    let store: any ObjectStore
    let writer: ObjectWriter

    /// Writes down what the steps say of revisions. It comes before the steps themselves are recorded: whoever is killed between the two decides
    /// the same again.
    func write(_ steps: [Step]) async throws {
        for step in steps {
            switch step {
            case .recordGood(let revision): try await set(.good, "all workers have served it", on: revision)
            case .recordFailure(_, let record):
                try await set(.failed, record.errors.joined(separator: "; "), on: record.revision)
            case .assign, .withdraw, .recordCurrent, .settled, .wait: continue
            }
        }
    }

    private func set(_ phase: AuthenticationRevision.Status.Phase, _ message: String, on revision: Int64) async throws {
        guard let object = try await store.find(.revision(revision)) else { return }
        let before = object.value.value(at: "status", "phase")?.stringValue
        // What was good once may fail on a worker that comes back; it was good all the same.
        guard before != phase.rawValue, before != AuthenticationRevision.Status.Phase.good.rawValue else { return }
        try await writer.setStatus(["phase": .string(phase.rawValue), "message": .string(message)], of: object)
    }
}

extension JSONValue {
    /// Of an `AuthenticationRevision`: whether it may come back without proving itself again. What somebody was to confirm, and nobody did, may not.
    ///
    /// - Parameter lastGood: the last good revision: it is what runs, and has no mark where an earlier version of this program made it.
    func isGoodRevision(lastGood: Int64) -> Bool {
        if lastGood > 0, value(at: "spec", "revision")?.integerValue == lastGood { return true }
        return value(at: "status", "phase")?.stringValue == AuthenticationRevision.Status.Phase.good.rawValue
            && RevisionConfirmation(of: self) == nil
    }
}

extension Sequence<JSONValue> {
    /// Of revisions: whether one with this content was good.
    func haveGoodContent(_ digest: String, lastGood: Int64) -> Bool {
        contains { $0.isGoodRevision(lastGood: lastGood) && $0.value(at: "spec", "contentDigest")?.stringValue == digest }
    }
}
