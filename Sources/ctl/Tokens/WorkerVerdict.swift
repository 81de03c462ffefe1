import Client
import JSON

/// What a worker itself says about a token.
struct WorkerVerdict: Hashable, Sendable {
    let worker: String
    let isAuthenticated: Bool
    let username: String
    /// The reason's code and the decision's id, as in `status.error`; empty when it is authenticated.
    let error: String

    static func node(_ name: String, _ client: ControllerClient) async throws -> JSONValue {
        guard let node = try await client.find(ResourcePath("v1", "nodes", name: name)) else {
            throw CommandFailure("there is no worker \"\(name)\"; ctl get nodes lists them")
        }
        return node
    }

    /// Sends the token to the worker, with the caller's own certificate.
    static func ask(_ node: JSONValue, about token: String, _ client: ControllerClient) async throws -> WorkerVerdict {
        let name = node.value(at: "metadata", "name")?.stringValue ?? ""
        guard let endpoint = node.value(at: "status", "authentication", "endpoint")?.stringValue else {
            throw CommandFailure("worker \"\(name)\" has not said where it listens; ctl get nodes shows whether it is ready")
        }
        var configuration = client.configuration
        configuration.server = endpoint
        let review: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": .string(token)],
        ]
        let answer = try await ControllerClient.with(configuration) {
            try await $0.create(ResourcePath("authentication.k8s.io/v1", "tokenreviews"), review)
        }
        let status = answer["status"]
        return WorkerVerdict(
            worker: name,
            isAuthenticated: status?["authenticated"]?.boolValue ?? false,
            username: status?.value(at: "user", "username")?.stringValue ?? "",
            error: status?["error"]?.stringValue ?? ""
        )
    }
}
