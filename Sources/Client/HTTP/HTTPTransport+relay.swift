import AsyncHTTPClient
package import NIOCore
import NIOHTTP1

extension HTTPTransport {
    /// Sends one request and hands its answer over while it arrives: first the head, then the bytes, each when the one before was taken.
    ///
    /// - Parameter timeout: until the head is there; what follows may take as long as the connection is not silent for too long.
    package func relay(
        _ request: Request,
        timeout: Duration,
        head: (_ status: Int, _ headers: [(name: String, value: String)]) async throws -> Void,
        chunk: (ByteBuffer) async throws -> Void
    ) async throws {
        let response = try await stream(request, timeout: timeout)
        try await head(Int(response.status.code), response.headers.map { (name: $0.name, value: $0.value) })
        for try await bytes in response.body { try await chunk(bytes) }
    }
}
