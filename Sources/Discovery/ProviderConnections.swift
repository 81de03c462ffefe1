import AsyncHTTPClient
import ServiceLifecycle

/// The connections of one program to providers, closed when its service group has shut down.
package struct ProviderConnections: Service {
    package let source: HTTPSProviderSource
    private let client: HTTPClient

    package init(limits: HTTPSProviderSource.Limits = .init()) {
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPSProviderSource.clientConfiguration)
        source = HTTPSProviderSource(client: client, limits: limits)
    }

    /// Runs `body` with connections that live as long as the call.
    package static func with<Result: Sendable>(
        _ body: (HTTPSProviderSource) async throws -> Result
    ) async throws -> Result {
        let connections = ProviderConnections()
        do {
            let result = try await body(connections.source)
            try await connections.client.shutdown()
            return result
        } catch {
            try await connections.client.shutdown()
            throw error
        }
    }

    package func run() async throws {
        // Ends early only when the task is cancelled, and then there is nothing left to wait for either.
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
