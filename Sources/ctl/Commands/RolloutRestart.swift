import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct RolloutRestart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Rolls the present configuration out again, as a new revision: providers are asked anew.",
        discussion: "It sets spec.forceRedeploymentReason of KubeAPIServer/cluster, which the history shows as the cause."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject
    @Option(help: "Why, for the history.")
    var reason: String?

    func run() async throws {
        try await connection.withSession { session in
            let reason = Self.reason(reason, at: Int64(Date().timeIntervalSince1970))
            let before = try await Self.latest(session.client)
            _ = try await session.client.patch(
                RolloutGathering.kubeAPIServer,
                merging: ["spec": ["forceRedeploymentReason": .string(reason)]],
                WriteOptions(fieldManager: "ctl-rollout-restart")
            )
            // Whoever asks for the status next must not be told of the revision before.
            guard try await Self.isThere(after: before, session.client) else {
                let why = try await Self.obstacle(session.client) ?? "ctl describe authentication cluster says more"
                throw CommandFailure(
                    "asked for, but there is no new revision after \(Self.patience.components.seconds) s: \(PrintableText.of(why))",
                    code: .timedOut
                )
            }
            Terminal.output.line("authentication.config.openshift.io/cluster restarted")
            try await RolloutPause.warn(session.client)
        }
    }

    private static let patience = Duration.seconds(20)

    private static func isThere(after before: Int64, _ client: ControllerClient) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while try await latest(client) <= before {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }

    /// What the providers are waited for with.
    private static func obstacle(_ client: ControllerClient) async throws -> String? {
        let conditions =
            try await client.get(RolloutGathering.authentication).value(at: "status", "conditions")?.arrayValue ?? []
        let probed = conditions.first { $0["type"]?.stringValue == "Probed" && $0["status"]?.stringValue == "False" }
        return probed?["message"]?.stringValue
    }

    private static func latest(_ client: ControllerClient) async throws -> Int64 {
        try await client.get(RolloutGathering.kubeAPIServer).value(at: "status", "latestAvailableRevision")?.integerValue ?? 0
    }

    /// Words that differ from those of any restart before: the same words would be no new reason.
    static func reason(_ own: String?, at time: Int64) -> String {
        "\(own.flatMap { $0.isEmpty ? nil : $0 } ?? "restarted") at \(Timestamp.text(of: time))"
    }
}
