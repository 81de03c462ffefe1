import ArgumentParser
import Client
import JSON
import Schema

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what apply would change.",
        discussion:
            "The server works out the result. Exit code 0: no difference; 1: there are differences; 2 and more: it did not work."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var manifests: ManifestOptions
    @Flag(help: "Let the server compare, as apply --server-side does.")
    var serverSide = false
    @Flag(help: "With --server-side, as if fields were taken away from other managers.")
    var forceConflicts = false

    func validate() throws {
        guard serverSide || !forceConflicts else { throw ValidationError("--force-conflicts only works with --server-side") }
    }

    func run() async throws {
        let isDifferent: Bool
        do {
            isDifferent = try await compare()
            try Terminal.checkOutput()
        } catch {
            throw NoAnswer(cause: error)
        }
        if isDifferent { throw CommandFailure("") }
    }

    /// Prints the differences; returns whether there are any.
    private func compare() async throws -> Bool {
        let manifests = try manifests.read()
        return try await connection.withSession { session in
            let resources = try await session.client.resources()
            let side: ObjectWriter.Side = serverSide ? .server(force: forceConflicts) : .client
            let writer = ObjectWriter(
                client: session.client,
                side: side,
                dryRun: .server,
                fieldManager: ObjectWriter.manager(side)
            )
            var isDifferent = false
            for manifest in manifests {
                let target = try session.target(of: manifest.value, in: resources)
                let before = try await session.client.find(target.path)
                let after = try await ManifestRefusal.explaining(manifest, session) {
                    try await writer.apply(manifest.value, to: target).object
                }
                let text = LineDifference.text(
                    from: before.map { Self.shown($0) } ?? "",
                    to: Self.shown(after),
                    name: target.description
                )
                isDifferent = isDifferent || !text.isEmpty
                Terminal.output.write(Terminal.output.style == .coloured ? LineDifference.coloured(text) : text)
            }
            return isDifferent
        }
    }

    /// Without what the server writes, which differs after every change.
    private static func shown(_ object: JSONValue) -> String {
        var object = object.withoutManagedFields
        object["status"] = nil
        for name in ["resourceVersion", "generation", "uid", "creationTimestamp"] { object["metadata"]?[name] = nil }
        for name in [LastApplied.annotation, "postern.dev/changed-by", "postern.dev/changed-with"] {
            object["metadata"]?["annotations"]?[name] = nil
        }
        if object.value(at: "metadata", "annotations") == [:] { object["metadata"]?["annotations"] = nil }
        return YAMLWriter.text(of: object)
    }
}
