import ArgumentParser
import Client
import Schema

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Deletes objects, by name or by manifest.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE NAME… or TYPE/NAME…")
    var objects: [String] = []
    @Option(name: [.customShort("f"), .long], help: ArgumentHelp("Delete what these manifests name.", valueName: "path"))
    var filename: [String] = []
    @Flag(help: "It is no error when the object does not exist.")
    var ignoreNotFound = false
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is deleted).")
    var dryRun: DryRun = .none

    func run() async throws {
        try await connection.withSession { session in
            for target in try await targets(session) {
                do {
                    if dryRun != .client {
                        try await session.client.delete(target.path, WriteOptions(dryRun: dryRun == .server))
                    }
                    Terminal.output.line("\(target.resource.typeName) \"\(target.name)\" deleted\(dryRun.suffix)")
                } catch let failure as APIFailure where failure.isNotFound && ignoreNotFound {
                    continue
                }
            }
        }
    }

    private func targets(_ session: Session) async throws -> [NamedTarget] {
        guard !filename.isEmpty else { return try await session.namedTargets(objects) }
        let resources = try await session.client.resources()
        return try ManifestFiles.read(filename).map { try session.target(of: $0.value, in: resources) }
    }
}
