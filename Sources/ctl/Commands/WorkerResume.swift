import ArgumentParser

struct WorkerResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Brings a drained worker back into service."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The worker's name; its Node is called the same.")
    var name: String

    func run() async throws {
        try await connection.withSession { session in
            let isNew = try await WorkerNodes(client: session.client).set(unschedulable: false, name)
            Terminal.output.line("node/\(name) \(isNew ? "resumed" : "is in service already")")
        }
    }
}
