import Client
import JSON

/// Reads what a roll-out is judged by.
enum RolloutGathering {
    static let authentication = ResourcePath("config.openshift.io/v1", "authentications", name: "cluster")
    static let kubeAPIServer = ResourcePath("operator.openshift.io/v1", "kubeapiservers", name: "cluster")
    static let policy = ResourcePath("postern.dev/v1alpha1", "rolloutpolicies", name: "cluster")
    static let nodes = ResourcePath("v1", "nodes")
    static let revisions = ResourcePath("postern.dev/v1alpha1", "authenticationrevisions")

    /// The configuration is read first: what it says is then older than the workers seen with it, never newer.
    static func gather(_ client: ControllerClient) async throws -> RolloutView {
        let authentication = try await client.get(authentication)
        let kubeAPIServer = try await client.find(kubeAPIServer) ?? [:]
        let workers = try await client.list(nodes).items
        return RolloutView(kubeAPIServer: kubeAPIServer, nodes: workers, authentication: authentication)
    }
}
