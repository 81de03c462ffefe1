import ArgumentParser
import AuthenticationFile
import Client
import JSON
import Schema

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turns other systems' configurations into manifests.",
        subcommands: [ImportAuthenticationConfig.self]
    )
}

struct ImportAuthenticationConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authentication-config",
        abstract: "Turns a Kubernetes AuthenticationConfiguration file into an Authentication.",
        discussion: """
            Prints the Authentication, and a config map for each certificate authority; nothing is sent to a server. What has another
            meaning there, or none, is said on standard error. A file that is invalid, or that cannot become an Authentication without
            letting in other people than before, is refused.

            ctl import authentication-config auth.yaml > cluster.yaml && ctl validate -f cluster.yaml
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml, json
    }

    @Option(name: [.short, .long], help: "yaml or json.")
    var output = Format.yaml
    @Argument(help: "The file; - for standard input.")
    var file: String

    func run() async throws {
        let source = file == "-" ? "standard input" : file
        let configuration = try AuthenticationConfiguration.read(try ManifestFiles.bytes(of: file), source: source)
        let imported = try ImportedAuthentication(configuration)
        for note in imported.notes { Terminal.errors.line("Warning: \(note)") }
        Terminal.output.write(try imported.text(as: output))
    }
}

extension ImportedAuthentication {
    func text(as format: ImportAuthenticationConfig.Format) throws -> String {
        switch format {
        case .yaml: return objects.map { YAMLWriter.text(of: $0) }.joined(separator: "---\n")
        case .json:
            let value = objects.count == 1 ? objects[0] : ["apiVersion": "v1", "kind": "List", "items": .array(objects)]
            return try OutputFormat.json.text(of: value, typeName: { _ in "" }) ?? ""
        }
    }
}
