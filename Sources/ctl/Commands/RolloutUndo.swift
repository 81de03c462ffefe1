import ArgumentParser
import Client
import JSON

struct RolloutUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Applies the configuration of an earlier revision again, as a new one.",
        discussion:
            "Without --to-revision: the newest revision that was good on all workers, and whose configuration differs from the present one."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject
    @Option(help: "The revision to go back to; ctl rollout history lists them.")
    var toRevision: Int64?
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is stored).")
    var dryRun: DryRun = .none

    private static let attempts = 3

    func run() async throws {
        try await connection.withSession { session in
            let history = try await RolloutHistoryCommand.history(session.client)
            for attempt in 1...Self.attempts {
                do {
                    try await undo(history, session.client)
                    return
                } catch let failure as APIFailure where failure.isConflict && attempt < Self.attempts {
                    continue
                }
            }
        }
    }

    private func undo(_ history: RolloutHistory, _ client: ControllerClient) async throws {
        let current = try await client.get(RolloutGathering.authentication)
        let spec = current["spec"] ?? [:]
        let entry = try target(history, spec)
        guard let wanted = entry.authentication else {
            throw CommandFailure("revision \(entry.revision) does not hold its configuration")
        }
        guard wanted != spec else {
            Terminal.output.line(
                "authentication.config.openshift.io/cluster unchanged: it is the configuration of revision \(entry.revision) already"
            )
            return
        }
        if dryRun != .client {
            let options = WriteOptions(dryRun: dryRun == .server, fieldManager: "ctl-rollout-undo")
            _ = try await client.update(RolloutGathering.authentication, Self.restored(current, entry), options)
        }
        Terminal.output.line(
            "authentication.config.openshift.io/cluster rolled back to revision \(entry.revision)\(dryRun.suffix)"
        )
    }

    private func target(_ history: RolloutHistory, _ spec: JSONValue) throws -> RolloutHistory.Entry {
        if let toRevision {
            if let entry = history[toRevision] { return entry }
            throw CommandFailure("there is no revision \(toRevision); ctl rollout history lists them")
        }
        if let entry = history.target(undoing: spec) { return entry }
        throw CommandFailure("there is no earlier configuration to go back to")
    }

    /// The object with the old configuration in place of the whole new one, and the reason for the record.
    static func restored(_ current: JSONValue, _ entry: RolloutHistory.Entry) -> JSONValue {
        var object = current
        object["spec"] = entry.authentication
        object["status"] = nil
        object["metadata"]?["managedFields"] = nil
        var annotations = object.value(at: "metadata", "annotations") ?? [:]
        annotations["kubernetes.io/change-cause"] = .string("rollback to revision \(entry.revision)")
        object["metadata"]?["annotations"] = annotations
        return object
    }
}
