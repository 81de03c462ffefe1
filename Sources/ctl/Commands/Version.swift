import ArgumentParser
import Client
import JSON

struct Version: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the version of ctl and of the server.")
    static let number = "0.1.0"
    static let userAgent = "ctl/\(number)"

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Ask no server.")
    var client = false

    func run() async throws {
        Terminal.output.line("Client Version: \(Self.number)")
        guard !client else { return }
        let server = try await connection.withSession { try await $0.client.get(ResourcePath(raw: "/version")) }
        Terminal.output.line("Server Version: \(server["gitVersion"]?.stringValue ?? "unknown")")
    }
}
