import Client
import JSON
import Snapshot

/// Configurations that the server has.
extension TokenConfiguration {
    static func revision(_ number: Int64, _ client: ControllerClient, for token: String) async throws -> TokenConfiguration {
        let path = ResourcePath("postern.dev/v1alpha1", "authenticationrevisions", name: "authentication-\(number)")
        guard let object = try await client.find(path), let value = object.value(at: "spec", "snapshot") else {
            throw CommandFailure("there is no revision \(number); ctl rollout history lists them")
        }
        let snapshot = try value.decoded(as: WorkerSnapshot.self)
        var configuration = try await gather(snapshot, name: "revision \(number)", for: token)
        if snapshot.mode == .integratedOAuth {
            configuration.opaqueTokens = try await KnownOpaqueToken.lookUp(token, client)
        }
        return configuration
    }

    /// By the newest of the revisions that workers run.
    static func inForce(_ client: ControllerClient, for token: String) async throws -> TokenConfiguration {
        guard let kubeAPIServer = try await client.find(RolloutGathering.kubeAPIServer) else {
            throw CommandFailure(
                "\(client.configuration.server) has no configuration to judge by: is it a worker? Ask the controller"
            )
        }
        let status = kubeAPIServer["status"]
        let newest = status?["latestAvailableRevision"]?.integerValue ?? 0
        guard newest > 0 else {
            throw CommandFailure("there is no revision yet; ctl describe authentication cluster tells what is missing")
        }
        let nodes = status?["nodeStatuses"]?.arrayValue ?? []
        let running = Set(nodes.compactMap { $0["currentRevision"]?.integerValue }.filter { $0 > 0 }).sorted()
        var configuration = try await revision(running.last ?? newest, client, for: token)
        if let note = note(running: running, newest: newest) { configuration.notes.append(note) }
        return configuration
    }

    /// What to know where not every worker runs the newest revision.
    static func note(running: [Int64], newest: Int64) -> String? {
        guard let chosen = running.last else { return "no worker runs a revision yet; this is the newest" }
        if running.count > 1 {
            let list = running.map(String.init).joined(separator: ", ")
            return "workers run different revisions (\(list)); --worker NAME judges by that of one of them"
        }
        guard chosen != newest else { return nil }
        return
            "revision \(newest) is newer, but no worker runs it: ctl rollout status tells why; --revision \(newest) judges by it"
    }
}
