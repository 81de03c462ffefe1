import ArgumentParser
import Client

struct RolloutResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Lets a paused roll-out go on.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject

    func run() async throws {
        try await connection.withSession { session in
            guard try await RolloutPause.set(paused: false, session.client) else {
                throw CommandFailure("the roll-out is not paused")
            }
            Terminal.output.line("authentication.config.openshift.io/cluster resumed")
        }
    }
}
