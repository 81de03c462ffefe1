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
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path")
    )
    var filename: [String]

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
        let manifests = try ManifestFiles.read(filename)
        return try await connection.withSession { session in
            let resources = try await session.client.resources()
            let writer = ObjectWriter(client: session.client, dryRun: .server)
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
