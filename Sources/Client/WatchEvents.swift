import AsyncHTTPClient
package import JSON
import NIOCore
import NIOHTTP1

/// One change that a watch saw.
package struct WatchEvent: Sendable, Hashable {
    package enum Change: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        case deleted = "DELETED"
        /// Nothing changed; `resourceVersion` says how far the watch has come.
        case bookmark = "BOOKMARK"
    }

    package let change: Change
    package let object: JSONValue

    package init(change: Change, object: JSONValue) {
        self.change = change
        self.object = object
    }

    /// The version to watch after, should this be the last event.
    package var resourceVersion: String? { object.value(at: "metadata", "resourceVersion")?.stringValue }
    package var name: String? { object.value(at: "metadata", "name")?.stringValue }
}

/// The events of one watch, read from the connection as they are asked for: nothing is buffered for a slow reader.
package struct WatchEvents: AsyncSequence, Sendable {
    package typealias Element = WatchEvent

    let client: ControllerClient
    let request: HTTPTransport.Request

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, request: request) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let client: ControllerClient
        let request: HTTPTransport.Request
        private var body: HTTPClientResponse.Body.AsyncIterator?
        private var lines = LineBuffer(limit: 16 << 20)

        init(client: ControllerClient, request: HTTPTransport.Request) {
            self.client = client
            self.request = request
        }

        package mutating func next() async throws -> WatchEvent? {
            if body == nil { body = try await open() }
            while true {
                if let line = lines.takeLine() { return try event(line) }
                do {
                    guard let chunk = try await body?.next(isolation: #isolation) else { return nil }
                    guard lines.append(chunk.readableBytesView) else {
                        throw TransportFailure(reason: .tooLarge, server: client.configuration.server, detail: "one event")
                    }
                } catch let error as HTTPClientError where error == .readTimeout {
                    // Silence for longer than the server was asked to keep the watch: it is over, as if the server had said so.
                    return nil
                } catch {
                    throw client.transport.failure(error)
                }
            }
        }

        private func open() async throws -> HTTPClientResponse.Body.AsyncIterator {
            let response = try await client.authorized(request, status: { Int($0.status.code) }) { request, transport in
                try await transport.stream(request, timeout: client.configuration.requestTimeout)
            }
            guard response.status.code == 200 else {
                let reply = try await client.transport.collect(response, limit: 1 << 20)
                throw APIFailure(code: reply.status, body: try? JSONParser.parse(reply.body))
            }
            return response.body.makeAsyncIterator()
        }

        private func event(_ line: [UInt8]) throws -> WatchEvent {
            let value = try client.parse(line)
            guard let type = value["type"]?.stringValue, let object = value["object"] else {
                throw TransportFailure(reason: .notJSON, server: client.configuration.server, detail: "not a watch event")
            }
            if type == "ERROR" { throw APIFailure(code: 500, body: object) }
            guard let change = WatchEvent.Change(rawValue: type) else {
                throw TransportFailure(
                    reason: .notJSON,
                    server: client.configuration.server,
                    detail: "a watch event of an unknown type"
                )
            }
            return WatchEvent(change: change, object: object)
        }
    }
}
