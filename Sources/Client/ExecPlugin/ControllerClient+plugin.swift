import AsyncHTTPClient

extension ControllerClient {
    /// Sends a request and takes its whole answer.
    func exchange(_ request: HTTPTransport.Request) async throws -> HTTPTransport.Reply {
        try await authorized(request, status: \.status) { request, transport in
            try await transport.send(request, timeout: configuration.requestTimeout, limit: configuration.responseLimit)
        }
    }

    /// Sends a request with what the user's plugin gives, where there is one; where that is refused and the plugin now gives something
    /// else, once more. A refused request has changed nothing.
    func authorized<Answer>(
        _ request: HTTPTransport.Request,
        status: (Answer) -> Int,
        send: (HTTPTransport.Request, HTTPTransport) async throws -> Answer
    ) async throws -> Answer {
        guard case .plugin(let credentials) = configuration.credential else { return try await send(request, transport) }
        let issued = try await credentials.current()
        let answer = try await send(request.authorized(by: issued), try await transport(for: issued))
        guard status(answer) == 401, let renewed = try await credentials.renewed(after: issued) else { return answer }
        return try await send(request.authorized(by: renewed), try await transport(for: renewed))
    }

    private func transport(for issued: PluginCredentials.Issued) async throws -> HTTPTransport {
        guard let certificate = issued.credential.certificate else { return transport }
        return try await pluginTransports.transport(for: issued.number) {
            try HTTPTransport(configuration, credential: certificate)
        }
    }
}

extension HTTPTransport.Request {
    fileprivate func authorized(by issued: PluginCredentials.Issued) -> HTTPTransport.Request {
        guard let token = issued.credential.token else { return self }
        var request = self
        request.headers.append(("Authorization", "Bearer \(token.expose())"))
        return request
    }
}
