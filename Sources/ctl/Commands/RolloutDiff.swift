import ArgumentParser
import Client
import JSON

struct RolloutDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows what changed from one revision to another.",
        discussion: """
            ctl rollout diff          what the newest revision changed
            ctl rollout diff 7        from revision 7 to the newest
            ctl rollout diff 7 9      from revision 7 to 9
            Exit code 0: no difference; 1: there are differences; 2 and more: it did not work.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The older revision, and the newer one.")
    var revisions: [Int64] = []

    func validate() throws {
        guard revisions.count <= 2 else { throw ValidationError("at most two revisions can be compared") }
    }

    func run() async throws {
        let text: String
        do {
            text = try await connection.withSession { session in
                try Self.difference(revisions, in: try await RolloutHistoryCommand.history(session.client))
            }
            Terminal.output.write(Terminal.output.style == .coloured ? LineDifference.coloured(text) : text)
            try Terminal.checkOutput()
        } catch {
            throw NoAnswer(cause: error)
        }
        if !text.isEmpty { throw CommandFailure("") }
    }

    /// - Parameter wanted: none, one or two numbers.
    static func difference(_ wanted: [Int64], in history: RolloutHistory) throws -> String {
        guard let newest = history.entries.last else { throw CommandFailure("there is no revision yet") }
        let new = try wanted.dropFirst().first.map { try entry($0, history) } ?? newest
        guard let first = wanted.first ?? history.entries.dropLast().last?.revision else {
            throw CommandFailure("revision \(newest.revision) is the only one; there is nothing to compare it with")
        }
        let old = try entry(first, history)
        return LineDifference.text(from: old.comparable, to: new.comparable, names: (old.title, new.title))
    }

    private static func entry(_ revision: Int64, _ history: RolloutHistory) throws -> RolloutHistory.Entry {
        guard let entry = history[revision] else {
            throw CommandFailure("there is no revision \(revision); ctl rollout history lists them")
        }
        return entry
    }
}
