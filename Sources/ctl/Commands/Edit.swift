import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens an object in your editor and stores what you change.",
        discussion:
            "The editor is KUBE_EDITOR, else EDITOR, else vi. What the server refuses is opened again, with its reasons on top."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE NAME or TYPE/NAME")
    var object: [String]

    func run() async throws {
        try await connection.withSession { session in
            for target in try await session.namedTargets(object) { try await edit(target, session.client) }
        }
    }

    private func edit(_ target: NamedTarget, _ client: ControllerClient) async throws {
        let before = try await client.get(target.path)
        let shown = before.withoutManagedFields
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctl-edit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let file = folder.appending(path: "\(target.resource.singular)-\(target.name).yaml").path
        var text = EditorText.text(of: shown, problem: nil)
        while true {
            try Data(text.utf8).write(to: URL(filePath: file))
            try ExternalEditor.open(file)
            let edited = String(decoding: try ManifestFiles.bytes(of: file), as: UTF8.self)
            if EditorText.content(of: edited) == EditorText.content(of: text) {
                try FileManager.default.removeItem(at: folder)
                if text.hasPrefix(EditorText.refusalMark) {
                    throw CommandFailure("edit cancelled: nothing was changed since it was refused")
                }
                Terminal.output.line("Edit cancelled, no changes made.")
                return
            }
            do {
                try await store(edited, shown, target, client)
                try FileManager.default.removeItem(at: folder)
                return
            } catch let failure as TransportFailure {
                Terminal.errors.line("A copy of your changes has been stored to \"\(file)\"")
                throw failure
            } catch {
                let problem = FailureReport(error)?.text ?? "\(error)"
                Terminal.errors.line(problem)
                text = EditorText.text(edited: edited, problem: problem)
            }
        }
    }

    private func store(_ edited: String, _ before: JSONValue, _ target: NamedTarget, _ client: ControllerClient) async throws {
        guard let after = try ManifestReader.read(edited, source: "your text").first?.value else {
            throw CommandFailure("edit cancelled: the text is empty")
        }
        let patch = ThreeWayMerge.patch(original: before, modified: after, current: before)
        guard patch.objectValue?.isEmpty == false else {
            Terminal.output.line("Edit cancelled, no changes made.")
            return
        }
        _ = try await client.patch(target.path, merging: patch, WriteOptions(fieldManager: "ctl-edit"))
        Terminal.output.line("\(target.description) edited")
    }
}
