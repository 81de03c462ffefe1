import API
import Client
import JSON
import Logging
import Schema
import Store

/// Asks workers about tokens, for `TokenReview`s that reach the controller's API.
struct WorkerTokenReviews: Sendable {
    private static let nodes = ResourceName(group: "", plural: "nodes")
    private static let path = "/apis/authentication.k8s.io/v1/tokenreviews"
    /// Workers that are asked one after the other before it is given up, and the time of each.
    private static let attempts = 3
    private static let patience = Duration.seconds(12)
    private static let answerLimit = 1 << 20

    let store: any ObjectStore
    let transport: HTTPTransport
    let logger: Logger

    var reviews: TokenReviews { TokenReviews { try await ask($0) } }

    private func ask(_ review: JSONValue) async throws -> JSONValue? {
        let ready = try await store.list(Self.nodes, namespace: nil).items.compactMap { Self.endpoint(of: $0.value) }
        for endpoint in ready.shuffled().prefix(Self.attempts) {
            let request = HTTPTransport.Request(
                method: "POST",
                url: endpoint + Self.path,
                headers: [(name: "Content-Type", value: "application/json")],
                body: JSONWriter.bytes(of: review)
            )
            do {
                let reply = try await transport.send(request, timeout: Self.patience, limit: Self.answerLimit)
                if reply.status == 201 { return try JSONParser.parse(reply.body) }
                logger.warning(
                    "a worker refused a TokenReview",
                    metadata: ["worker": "\(endpoint)", "code": "\(reply.status)"]
                )
            } catch {
                try Task.checkCancellation()
                logger.warning(
                    "a worker did not answer a TokenReview",
                    metadata: ["worker": "\(endpoint)", "error": "\(error)"]
                )
            }
        }
        return nil
    }

    /// Where a worker that is ready listens.
    private static func endpoint(of node: JSONValue) -> String? {
        guard node.value(at: "spec", "unschedulable") != true else { return nil }
        let conditions = node.value(at: "status", "conditions")?.arrayValue ?? []
        guard conditions.contains(where: { $0["type"] == "Ready" && $0["status"] == "True" }) else { return nil }
        return node.value(at: "status", "authentication", "endpoint")?.stringValue
    }
}
