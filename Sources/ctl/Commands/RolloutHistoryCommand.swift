import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct RolloutHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the revisions: when, by whom, why, and how many workers run each."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject
    @Option(help: "Show the configuration of this revision.")
    var revision: Int64?

    func run() async throws {
        try await connection.withSession { session in
            let history = try await Self.history(session.client)
            guard let revision else {
                Terminal.output.write(history.text(now: Date()))
                return
            }
            guard let entry = history[revision] else {
                throw CommandFailure("there is no revision \(revision); ctl rollout history lists them")
            }
            Terminal.output.write("# revision \(revision), by \(entry.who): \(entry.cause)\n")
            Terminal.output.write(YAMLWriter.text(of: entry.authentication ?? [:]))
        }
    }

    static func history(_ client: ControllerClient) async throws -> RolloutHistory {
        let revisions = try await client.list(RolloutGathering.revisions).items
        return RolloutHistory(revisions: revisions, rollout: try await RolloutGathering.gather(client))
    }
}
