import ServiceLifecycle

/// The connections of one program to providers, closed when its service group has shut down.
package struct ProviderConnections: Service {
    package let source: HTTPSProviderSource
    private let http: OwnedHTTPClient

    package init(limits: HTTPSProviderSource.Limits = .init()) {
        http = OwnedHTTPClient(HTTPSProviderSource.clientConfiguration)
        source = HTTPSProviderSource(client: http.client, limits: limits)
    }

    /// Runs `body` with connections that live as long as the call.
    package static func with<Result: Sendable>(
        _ body: (HTTPSProviderSource) async throws -> Result
    ) async throws -> Result {
        let connections = ProviderConnections()
        do {
            let result = try await body(connections.source)
            await connections.close()
            return result
        } catch {
            await connections.close()
            throw error
        }
    }

    /// For a program that ends before its services run.
    package func close() async { await http.close() }

    package func run() async throws { try await http.run() }
}
