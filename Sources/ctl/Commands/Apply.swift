import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes objects what manifests say: creates them, or changes what differs.",
        discussion: """
            Takes YAML or JSON from files, folders and standard input. What an earlier apply set and the manifest no longer says is
            removed; what others have set stays.

            ctl apply -f authentication.yaml --dry-run=server   checks everything and changes nothing
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path")
    )
    var filename: [String]
    @Flag(name: [.customShort("R"), .long], help: "Folders within folders, too.")
    var recursive = false
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is stored).")
    var dryRun: DryRun = .none
    @Option(name: [.short, .long], help: "Print the objects: yaml, json or name.")
    var output: OutputFormat?
    @Option(help: "What an unknown field does: Strict (refused), Warn or Ignore.")
    var validate = "Strict"
    @Option(help: "Who changed it, for the record.")
    var fieldManager = "ctl-apply"

    func run() async throws {
        let manifests = try ManifestFiles.read(filename, isRecursive: recursive)
        try await connection.withSession { session in
            let resources = try await session.client.resources()
            let writer = ObjectWriter(
                client: session.client,
                dryRun: dryRun,
                fieldValidation: validate,
                fieldManager: fieldManager
            )
            var failures = 0
            for manifest in manifests {
                do {
                    try await apply(manifest, session, resources, writer)
                } catch let failure as TransportFailure {
                    throw failure
                } catch {
                    // One object that is refused must not keep the others of its file away.
                    failures += 1
                    Terminal.errors.line(Self.text(of: error, manifest))
                }
            }
            if failures > 0 { throw CommandFailure("") }
        }
    }

    private func apply(_ manifest: Manifest, _ session: Session, _ resources: APIResources, _ writer: ObjectWriter) async throws
    {
        let target = try session.target(of: manifest.value, in: resources)
        let outcome = try await ManifestRefusal.explaining(manifest, session, isStrict: validate == "Strict") {
            try await writer.apply(manifest.value, to: target)
        }
        if let text = try output?.text(of: outcome.object.withoutManagedFields, typeName: { _ in target.resource.typeName }) {
            Terminal.output.write((output == .yaml && manifests(moreThanOne: filename) ? "---\n" : "") + text)
        } else {
            Terminal.output.line("\(target.description) \(outcome.change.rawValue)\(dryRun.suffix)")
        }
    }

    private func manifests(moreThanOne paths: [String]) -> Bool { paths.count > 1 }

    static func text(of error: any Error, _ manifest: Manifest) -> String {
        if let refusal = error as? ManifestRefusal { return refusal.text }
        let subject = "error when applying \(manifest.source)"
        if let failure = error as? APIFailure { return FailureReport.text(failure, doing: subject) }
        let name = manifest.name.map { " (\(manifest.kind ?? "object") \"\($0)\")" } ?? ""
        return "\(subject)\(name): \((error as? any LocalizedError)?.errorDescription ?? "\(error)")"
    }
}
