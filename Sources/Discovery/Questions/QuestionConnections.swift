import AsyncHTTPClient
package import Authenticator
package import JSON
import ServiceLifecycle

/// The connections of one worker to those whom its judgements ask, apart from those that fetch keys; closed when its service group has
/// shut down.
package struct QuestionConnections: Service {
    package let source: any QuestionSource
    private let client: HTTPClient

    package init(
        limits: HTTPSProviderSource.Limits = .init(),
        kubeconfig: @escaping @Sendable ([UInt8]) -> JSONValue?,
        now: @escaping @Sendable () -> Int64
    ) {
        var configuration = HTTPSProviderSource.clientConfiguration
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        source = HTTPSQuestionSource(client: client, limits: limits, kubeconfig: kubeconfig, now: now)
    }

    /// For a program that ends before its services run.
    package func close() async {
        // Fails only if it was closed before.
        try? await client.shutdown()
    }

    package func run() async throws {
        // Ends early only when the task is cancelled, and then there is nothing left to wait for either.
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
