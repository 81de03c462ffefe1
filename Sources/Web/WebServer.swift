package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Listening
package import Logging
package import NIOCore
import ServiceLifecycle

/// One listener: TLS, limits, request ids, logs and errors around a responder.
///
/// It stops by returning when its service group shuts down, after the requests in progress have been answered.
package struct WebServer: Service, CustomStringConvertible {
    private let responder: any HTTPResponder<WebContext>
    private let tls: ServerTLS?
    private let address: ListenAddress
    private let patience: TimeAmount
    private let immediate: ImmediateAnswer?
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) async -> Void

    /// - Parameters:
    ///   - responder: the routes of the program, usually a router's.
    ///   - tls: nil serves plain HTTP, which only tests do.
    ///   - patience: how long a request may take to arrive.
    ///   - immediate: asked first; nil: the responder answers everything.
    ///   - statusOf: the program's table from its own errors to answers; nil for errors it does not know.
    ///   - onListening: called once with the address in use, also when the system chose the port.
    package init(
        responder: any HTTPResponder<WebContext>,
        tls: ServerTLS?,
        address: ListenAddress,
        patience: TimeAmount = RequestLimits.arrival,
        immediate: ImmediateAnswer? = nil,
        logger: Logger,
        statusOf: @escaping @Sendable (any Error) -> APIStatus? = { _ in nil },
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) {
        self.responder = MiddlewareChain(
            middlewares: [
                RequestIDMiddleware(), RequestLogMiddleware(), StatusMiddleware(statusOf: statusOf), PeerMiddleware(),
            ],
            responder: responder
        )
        self.tls = tls
        self.address = address
        self.patience = patience
        self.immediate = immediate
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        do {
            try await application().run()
        } catch let error as IOError {
            // The system's words alone do not say which of a program's addresses is meant.
            throw ListenFailure(address: address, code: error.errnoCode)
        }
    }

    /// Service groups log their services; without this the log would hold everything that the server is made of.
    package var description: String { "web server on \(address)" }

    /// The server as the web framework knows it; tests send requests straight into it.
    package func application() throws -> some ApplicationProtocol {
        let host = address.host
        let onListening = onListening
        let connections = HTTPServerBuilder.connections(patience: patience, immediate: immediate)
        return Application(
            responder: CallbackResponder { [responder] request, context in
                try await responder.respond(to: request, context: context)
            },
            server: try tls.map { try .tls(connections, tlsConfiguration: $0.tlsConfiguration) } ?? connections,
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections.maximum(RequestLimits.connections, logger: logger)
            ),
            onServerRunning: { channel in
                guard let port = channel.localAddress?.port else { return }
                await onListening(ListenAddress(host: host, port: port))
            },
            logger: logger
        )
    }
}
