import AsyncHTTPClient
package import Authenticator
package import JSON
import ServiceLifecycle

/// The connections of one worker to those whom its judgements ask, apart from those that fetch keys; closed when its service group has
/// shut down.
package struct QuestionConnections: Service {
    package let source: any QuestionSource
    private let http: OwnedHTTPClient

    package init(
        limits: HTTPSProviderSource.Limits = .init(),
        kubeconfig: @escaping @Sendable ([UInt8]) -> JSONValue?,
        now: @escaping @Sendable () -> Int64
    ) {
        http = OwnedHTTPClient(HTTPSProviderSource.clientConfiguration)
        source = HTTPSQuestionSource(client: http.client, limits: limits, kubeconfig: kubeconfig, now: now)
    }

    /// For a program that ends before its services run.
    package func close() async { await http.close() }

    package func run() async throws { try await http.run() }
}
