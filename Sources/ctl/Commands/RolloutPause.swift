import ArgumentParser
import Client
import JSON

struct RolloutPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Holds the roll-out where it is: no further worker gets the new revision.",
        discussion: "Workers still return from a revision that fails. ctl rollout resume lets it go on."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject

    func run() async throws {
        try await connection.withSession { session in
            guard try await Self.set(paused: true, session.client) else {
                throw CommandFailure("the roll-out is paused already")
            }
            Terminal.output.line("authentication.config.openshift.io/cluster paused")
        }
    }

    /// Says that nothing will come of a change yet, where that is so.
    static func warn(_ client: ControllerClient) async throws {
        guard try await client.find(RolloutGathering.policy)?.value(at: "spec", "paused")?.boolValue == true else { return }
        Terminal.errors.line("Warning: the roll-out is paused; ctl rollout resume lets it go on")
    }

    /// - Returns: whether that changed anything.
    static func set(paused: Bool, _ client: ControllerClient) async throws -> Bool {
        let before = try await client.get(RolloutGathering.policy)
        guard (before.value(at: "spec", "paused")?.boolValue ?? false) != paused else { return false }
        let options = WriteOptions(fieldManager: paused ? "ctl-rollout-pause" : "ctl-rollout-resume")
        _ = try await client.patch(RolloutGathering.policy, merging: ["spec": ["paused": .bool(paused)]], options)
        return true
    }
}
