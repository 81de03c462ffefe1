import ArgumentParser
import Client

struct WorkerDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Takes a worker out of service: out of roll-outs, and not ready, while it answers on.",
        discussion: """
            Waits until nobody has asked it for some seconds. ctl worker resume brings it back, ctl worker remove is what may follow.
            Exit code 2: it is still being asked after --timeout.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The worker's name; its Node is called the same.")
    var name: String
    @Option(help: "How long to wait: 30s, 2m.")
    var timeout = GoDuration(.seconds(60))

    func run() async throws {
        try await connection.withSession { session in
            try await WorkerNodes(client: session.client).drain(name, timeout: timeout.duration) { Terminal.errors.line($0) }
            Terminal.output.line("node/\(name) drained")
        }
    }
}
