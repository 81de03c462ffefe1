import ArgumentParser
import Client
import JSON
import Schema

struct RolloutConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Confirms a change that was applied with --confirm-within, so that it stays.",
        discussion: """
            It stays once somebody has logged in through it, too: best with a token of the new configuration, at a worker (--token, --server).
            Exit code 0: it stays; 1: there is nothing to confirm; 2: nobody has logged in through it yet.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject
    @Option(help: "How long to wait for a login through it: 30s, 2m.")
    var timeout = GoDuration(.seconds(30))

    func run() async throws {
        try await connection.withSession { session in
            let client = session.client
            let latest = try await client.get(RolloutGathering.kubeAPIServer).value(at: "status", "latestAvailableRevision")
            let revision = ResourcePath(
                "postern.dev/v1alpha1",
                "authenticationrevisions",
                name: "authentication-\(latest?.integerValue ?? 0)"
            )
            let before = try await annotations(revision, client)
            guard let end = before[ConfirmationAnnotation.confirmBy]?.stringValue,
                before[ConfirmationAnnotation.confirmedAt] == nil
            else {
                throw CommandFailure("revision \(latest?.integerValue ?? 0) waits for no confirmation")
            }
            let user = try await UserReview.ask(client).username
            let change: JSONValue = ["metadata": ["annotations": [ConfirmationAnnotation.confirmedBy: .string(user)]]]
            _ = try await client.patch(revision, merging: change, WriteOptions(fieldManager: "ctl-rollout-confirm"))
            let deadline = ContinuousClock.now + timeout.duration
            while try await annotations(revision, client)[ConfirmationAnnotation.confirmedAt] == nil {
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure(
                        "confirmed, but nobody has logged in through it yet; it is undone at \(end) unless somebody does",
                        code: .timedOut
                    )
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            Terminal.output.line("authentication.config.openshift.io/cluster confirmed")
        }
    }

    private func annotations(_ revision: ResourcePath, _ client: ControllerClient) async throws -> JSONValue {
        try await client.get(revision).value(at: "metadata", "annotations") ?? [:]
    }
}
