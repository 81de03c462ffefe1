import ArgumentParser
import Client
import Schema

struct WorkerRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Drains a worker of another host and removes it: its certificate counts no more, and it ends.",
        discussion: """
            The worker forgets its certificates, secrets and snapshot, and ends. One that is not running then is refused by the controller when it comes back.
            Workers that the controller runs itself go when it is started with fewer --workers.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The worker's name; its Node is called the same.")
    var name: String
    @Flag(help: "Do not wait until nobody asks it any more.")
    var force = false
    @Option(help: "How long to wait until nobody asks it any more: 30s, 2m.")
    var timeout = GoDuration(.seconds(60))

    func run() async throws {
        try await connection.withSession { session in
            let nodes = WorkerNodes(client: session.client)
            guard try await !nodes.get(name).isRunByController else {
                throw CommandFailure("the controller runs worker \(name) itself: start it with fewer --workers instead")
            }
            if force {
                // So that it knows what to make of it, should it not be looking when it goes.
                _ = try await nodes.set(unschedulable: true, name)
            } else {
                try await nodes.drain(name, timeout: timeout.duration) { Terminal.errors.line($0) }
            }
            try await session.client.delete(WorkerNodes.path(of: name))
            Terminal.output.line("node/\(name) removed")
        }
    }
}
