import ArgumentParser
import Client

struct ListAPIResources: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "api-resources", abstract: "Lists the types the server has.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Print no line of headings.")
    var noHeaders = false

    func run() async throws {
        let resources = try await connection.withSession { try await $0.client.resources() }
        Terminal.output.write(Self.table(resources.all).text(withHeader: !noHeaders))
    }

    static func table(_ resources: [APIResource]) -> TextTable {
        let rows = resources.map { resource in
            [
                resource.plural, resource.shortNames.joined(separator: ","), resource.apiVersion, "\(resource.isNamespaced)",
                resource.kind,
            ]
        }
        return TextTable(header: ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"], rows: rows)
    }
}
