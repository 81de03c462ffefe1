import ArgumentParser
import Client
import Foundation
import JSON

struct BreakGlassListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the break-glass certificates: whose, until when, and when and where from each was last used."
    )

    @OptionGroup var connection: ConnectionOptions
    @Option(name: [.short, .long], help: ArgumentHelp("One of: \(OutputFormat.names)", valueName: "format"))
    var output: OutputFormat?

    func run() async throws {
        let objects = try await connection.withSession { try await $0.client.list(BreakGlassList.path).items }
        let list: JSONValue = [
            "apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(objects.map(\.withoutManagedFields)),
        ]
        if let text = try output?.text(of: list, typeName: BreakGlassList.typeName) { return Terminal.output.write(text) }
        Terminal.output.write(try BreakGlassList(objects).text(now: Int64(Date().timeIntervalSince1970)))
    }
}
