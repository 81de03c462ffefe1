import ArgumentParser
import Client
import JSON
import Schema

struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes some fields of an object.",
        discussion: """
            ctl patch authentication.config/cluster --type=merge -p='spec: {type: "", oidcProviders: null}'
            null removes a field; a list is replaced as a whole.
            """
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case merge, json, strategic

        var mediaType: String {
            switch self {
            case .merge: "application/merge-patch+json"
            case .json: "application/json-patch+json"
            case .strategic: "application/strategic-merge-patch+json"
            }
        }
    }

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE NAME or TYPE/NAME", completion: Completions.objects)
    var object: [String]
    @Option(help: "merge (RFC 7386), json (RFC 6902) or strategic, where the server has it.")
    var type: Kind = .merge
    @Option(name: [.short, .long], help: "The patch, as YAML or JSON.")
    var patch: String?
    @Option(help: ArgumentHelp("A file that holds the patch.", valueName: "path"))
    var patchFile: String?
    @Option(help: "The subresource to patch: status")
    var subresource: String?
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is stored).")
    var dryRun: DryRun = .none
    @Option(name: [.short, .long], help: "Print the object: yaml, json or name.")
    var output: OutputFormat?
    @Option(help: "Who changed it, for the record.")
    var fieldManager = "ctl-patch"

    func run() async throws {
        let change = try self.change()
        try await connection.withSession { session in
            for target in try await session.namedTargets(object) { try await patch(target, change, session.client) }
        }
    }

    private func change() throws -> JSONValue {
        let documents: [Manifest]
        switch (patch, patchFile) {
        case (let text?, nil): documents = try ManifestReader.read(text, source: "the patch")
        case (nil, let path?): documents = try ManifestReader.read(try ManifestFiles.bytes(of: path), source: path)
        default: throw CommandFailure("give the patch with -p, or a file with --patch-file")
        }
        guard documents.count == 1, let value = documents.first?.value else {
            throw CommandFailure("the patch must be one document")
        }
        return value
    }

    private func patch(_ target: NamedTarget, _ change: JSONValue, _ client: ControllerClient) async throws {
        let before = try await client.get(target.path)
        var after = before
        if dryRun == .client {
            guard type == .merge else {
                throw CommandFailure("--dry-run=client knows only merge patches; use --dry-run=server")
            }
            after = mergePatch(change, into: before)
        } else {
            let options = WriteOptions(dryRun: dryRun == .server, fieldManager: fieldManager)
            let path = target.resource.path(namespace: target.namespace, name: target.name, subresource: subresource)
            after = try await client.patch(path, change, mediaType: type.mediaType, options)
        }
        if let text = try output?.text(of: after.withoutManagedFields, typeName: { _ in target.resource.typeName }) {
            Terminal.output.write(text)
        } else {
            let note = after == before ? " (no change)" : ""
            Terminal.output.line("\(target.description) patched\(note)\(dryRun.suffix)")
        }
    }
}
