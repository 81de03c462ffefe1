import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Creates objects: a secret or config map from files and words, or what a manifest says.",
        subcommands: [CreateSecret.self, CreateConfigMap.self, CreateNamespace.self]
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: CreationOptions
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path")
    )
    var filename: [String] = []

    func run() async throws {
        guard !filename.isEmpty else { throw CommandFailure("say what to create: -f FILE, or see ctl create --help") }
        let manifests = try ManifestFiles.read(filename)
        try await connection.withSession { session in
            let resources = try await session.client.resources()
            for manifest in manifests {
                let target = try session.target(of: manifest.value, in: resources)
                try await ManifestRefusal.explaining(manifest, session) {
                    try await options.create(manifest.value, target, session)
                }
            }
        }
    }
}

/// Flags of everything that creates.
struct CreationOptions: ParsableArguments {
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is stored).")
    var dryRun: DryRun = .none
    @Option(name: [.short, .long], help: "Print the object: yaml, json or name.")
    var output: OutputFormat?

    /// Creates one object and says so.
    func create(_ object: JSONValue, _ target: NamedTarget, _ session: Session) async throws {
        var object = object
        if let namespace = target.namespace { object["metadata"]?["namespace"] = .string(namespace) }
        if dryRun != .client {
            object = try await session.client.create(
                target.listPath,
                object,
                WriteOptions(dryRun: dryRun == .server, fieldManager: "ctl-create")
            )
        }
        if let text = try output?.text(of: object.withoutManagedFields, typeName: { _ in target.resource.typeName }) {
            Terminal.output.write(text)
        } else {
            Terminal.output.line("\(target.description) created\(dryRun.suffix)")
        }
    }
}

struct CreateNamespace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "namespace", abstract: "Creates a namespace.", aliases: ["ns"])

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: CreationOptions
    @Argument var name: String

    func run() async throws {
        try await connection.withSession { session in
            let resource = APIResource(group: "", version: "v1", kind: "Namespace", plural: "namespaces")
            let object: JSONValue = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
            try await options.create(object, NamedTarget(resource: resource, name: name, namespace: nil), session)
        }
    }
}
