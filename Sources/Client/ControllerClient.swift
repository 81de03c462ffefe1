import Foundation
package import JSON

/// A typed client of the Kubernetes-style API: objects in, objects out, `APIFailure` for a refusal, `TransportFailure` for no answer.
///
/// One per process and server; copies share its connections. `shutdown` must be called in the end, or use `with`.
package struct ControllerClient: Sendable {
    package let configuration: ClientConfiguration
    let transport: HTTPTransport
    let pluginTransports = PluginTransports()
    /// Told each `Warning` header the API sends.
    private let warn: @Sendable (String) -> Void

    package init(_ configuration: ClientConfiguration, warn: @escaping @Sendable (String) -> Void = { _ in }) throws {
        var configuration = configuration
        while configuration.server.hasSuffix("/") { configuration.server.removeLast() }
        self.configuration = configuration
        self.warn = warn
        transport = try HTTPTransport(configuration, credential: configuration.credential)
    }

    /// Runs `body` with a client that lives as long as the call.
    package static func with<Result: Sendable>(
        _ configuration: ClientConfiguration,
        warn: @escaping @Sendable (String) -> Void = { _ in },
        body: (ControllerClient) async throws -> Result
    ) async throws -> Result {
        let client = try ControllerClient(configuration, warn: warn)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    package func shutdown() async {
        await transport.shutdown()
        await pluginTransports.shutdown()
    }

    /// From now on shows this credential; the returned connections must be shut down when what is on its way has ended.
    package func renew(_ credential: ClientConfiguration.Credential) throws -> RetiredConnections {
        try transport.renew(credential)
    }

    /// Sends one request and gives the answer's JSON. All other verbs are this one.
    ///
    /// - Parameter accept: a media type, when something else than the plain object is wanted.
    package func request(
        _ method: String,
        _ path: ResourcePath,
        query: [(name: String, value: String)] = [],
        body: JSONValue? = nil,
        contentType: String = "application/json",
        accept: String = "application/json"
    ) async throws -> JSONValue {
        let request = outgoing(
            method,
            path,
            query: query,
            body: body.map { JSONWriter.bytes(of: $0) },
            contentType: contentType,
            accept: accept
        )
        let reply = try await exchange(request)
        for text in reply.headers(named: "Warning") { warn(Self.warningText(text)) }
        guard (200..<300).contains(reply.status) else {
            // A body that is not JSON has nothing to add to the status code.
            throw APIFailure(code: reply.status, body: try? JSONParser.parse(reply.body))
        }
        return try parse(reply.body)
    }

    /// The bytes of any path of the server, such as `/readyz`.
    package func raw(_ path: String) async throws -> [UInt8] {
        let request = outgoing("GET", ResourcePath(raw: path), query: [], body: nil, contentType: "", accept: "*/*")
        let reply = try await exchange(request)
        guard (200..<300).contains(reply.status) else {
            throw APIFailure(code: reply.status, body: try? JSONParser.parse(reply.body))
        }
        return reply.body
    }

    func outgoing(
        _ method: String,
        _ path: ResourcePath,
        query: [(name: String, value: String)],
        body: [UInt8]?,
        contentType: String,
        accept: String
    ) -> HTTPTransport.Request {
        var headers = [("Accept", accept), ("User-Agent", configuration.userAgent)]
        if body != nil { headers.append(("Content-Type", contentType)) }
        if case .token(let token) = configuration.credential { headers.append(("Authorization", "Bearer \(token.expose())")) }
        headers += configuration.impersonation?.headers ?? []
        return HTTPTransport.Request(
            method: method,
            url: configuration.server + path.text + ResourcePath.query(query),
            headers: headers.map { (name: $0.0, value: $0.1) },
            body: body
        )
    }

    func parse(_ bytes: [UInt8]) throws(TransportFailure) -> JSONValue {
        do {
            return try JSONParser.parse(bytes, limits: .init(bytes: configuration.responseLimit, depth: 128))
        } catch {
            throw TransportFailure(reason: .notJSON, server: configuration.server, detail: "its answer is \(error)")
        }
    }

    /// The text of `299 - "text"`.
    static func warningText(_ header: String) -> String {
        guard let first = header.firstIndex(of: "\""), let last = header.lastIndex(of: "\""), first < last else {
            return header
        }
        let text = String(header[header.index(after: first)..<last])
        return text.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }
}
