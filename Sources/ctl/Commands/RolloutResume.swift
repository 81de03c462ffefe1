import ArgumentParser
import Client

struct RolloutResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Lets a paused roll-out go on.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: ArgumentHelp("Taken for kubectl's habit.", visibility: .hidden))
    var object: [String] = []

    func run() async throws {
        try await connection.withSession { session in
            guard try await RolloutPause.set(paused: false, session.client) else {
                throw CommandFailure("the roll-out is not paused")
            }
            Terminal.output.line("authentication.config.openshift.io/cluster resumed")
        }
    }
}
