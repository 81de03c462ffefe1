import AsyncHTTPClient
import ServiceLifecycle

/// The HTTP client of one program for one purpose, closed when its service group has shut down.
struct OwnedHTTPClient: Service {
    let client: HTTPClient

    init(_ configuration: HTTPClient.Configuration) {
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// For a program that ends before its services run.
    func close() async {
        // Fails only if it was closed before.
        try? await client.shutdown()
    }

    func run() async throws {
        // Ends early only when the task is cancelled, and then there is nothing left to wait for either.
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
