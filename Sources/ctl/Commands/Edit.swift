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
    @Argument(help: "TYPE NAME or TYPE/NAME", completion: Completions.objects)
    var object: [String]

    func run() async throws {
        let isInteractive = isatty(STDIN_FILENO) == 1 && Terminal.output.isInteractive
        let environment = ProcessInfo.processInfo.environment
        guard let command = ExternalEditor.command(environment: environment, isInteractive: isInteractive) else {
            throw CommandFailure(
                "there is no terminal for an editor; use ctl patch, or ctl get -o yaml and ctl apply -f, or set EDITOR to a program"
            )
        }
        try await connection.withSession { session in
            for target in try await session.namedTargets(object) { try await edit(target, session.client, command) }
        }
    }

    private func edit(_ target: NamedTarget, _ client: ControllerClient, _ command: String) async throws {
        let shown = try await client.get(target.path).withoutManagedFields
        try await ExternalEditor.with(command, fileName: "\(target.resource.singular)-\(target.name).yaml") { editor in
            do {
                try await edit(shown, target, client, editor)
            } catch let failure as EditNotApplied {
                if target.resource.holdsSecrets {
                    Terminal.errors.line("Your changes are not kept, because they may hold secrets.")
                } else {
                    editor.keepFile()
                    Terminal.errors.line("A copy of your changes has been stored to \"\(editor.file)\"")
                }
                throw failure.reason
            }
        }
    }

    /// Edits that were made and could not be stored.
    private struct EditNotApplied: Error {
        let reason: any Error
    }

    private func edit(
        _ shown: JSONValue,
        _ target: NamedTarget,
        _ client: ControllerClient,
        _ editor: ExternalEditor
    ) async throws {
        var text = EditorText.text(of: shown, problem: nil)
        while true {
            let isSecondTry = text.hasPrefix(EditorText.refusalMark)
            let edited: String
            do {
                edited = try editor.edit(text)
            } catch {
                throw isSecondTry ? EditNotApplied(reason: error) : error
            }
            if EditorText.content(of: edited) == EditorText.content(of: text) {
                if isSecondTry {
                    throw EditNotApplied(
                        reason: CommandFailure("edit cancelled: nothing was changed since it was refused")
                    )
                }
                Terminal.output.line("Edit cancelled, no changes made.")
                return
            }
            do {
                try await store(edited, shown, target, client)
                return
            } catch let failure as TransportFailure {
                throw EditNotApplied(reason: failure)
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

extension APIResource {
    /// Whether objects of this kind may not be left in a file.
    fileprivate var holdsSecrets: Bool { kind == "Secret" || group == "oauth.openshift.io" }
}
