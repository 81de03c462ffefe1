import ArgumentParser
import Client
import Foundation
import Hummingbird
import IntegratedOAuth
import JSON
import Listening
import Logging
import ServiceLifecycle
import Supervision
import UnixSignals
import Web

/// `oauth-server`: one process of the built-in OAuth server. The controller starts it and gives it its certificates.
@main
struct OAuthServerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oauth-server",
        abstract: "Postern's built-in OAuth server: passwords in, tokens out."
    )

    @Option(help: "The folder with ca.crt, serving.crt, serving.key, client.crt and client.key.")
    var data: String

    @Option(help: "The controller's address.")
    var controller = "https://127.0.0.1:6443"

    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1:8443"

    @Option(help: "The address that clients use, when it is another one.")
    var publicURL: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    mutating func run() async throws {
        guard let address = ListenAddress(listen) else {
            throw ValidationError("--listen must be HOST:PORT, like 127.0.0.1:8443")
        }
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel) is not known")
        }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "oauth-server")
        logger.logLevel = level

        let client = try ControllerClient(
            ClientConfiguration(
                server: controller,
                certificateAuthority: file("ca.crt"),
                clientCertificate: file("client.crt"),
                clientKey: file("client.key"),
                userAgent: "oauth-server"
            )
        )
        do {
            try await serve(client: client, address: address, logger: logger)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    private func serve(client: ControllerClient, address: ListenAddress, logger: Logger) async throws {
        let issuer = publicURL ?? "https://\(address)"
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
        let router = Router(context: WebContext.self)
        router.addHealthRoutes([HealthCheck(name: "controller") { await problem(of: client) }])
        OAuthRoutes(
            server: AuthorizationServer(objects: APIObjects(client: client), now: now),
            metadata: AuthorizationServerMetadata(issuer: issuer),
            throttle: LoginThrottle(now: now)
        ).add(to: router)
        let record = file("process.json")
        let server = WebServer(
            responder: router.buildResponder(),
            tls: try ServerTLS(certificateChain: bytes("serving.crt"), privateKey: bytes("serving.key"), clients: .ignored),
            address: address,
            logger: logger,
            onListening: { address in
                do {
                    try ProcessRecord.writeOwn(address: "\(address)", to: record)
                } catch {
                    logger.error("process.json cannot be written", metadata: ["error": "\(error)"])
                }
                print("listening on https://\(address)")
                fflush(nil)
            }
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: BuiltInClients(client: client, issuer: issuer, logger: logger)),
                    .init(service: server),
                    .init(service: Succession(record: record), successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }

    private func file(_ name: String) -> String { "\(data)/\(name)" }
    private func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: file(name)))) }
}

/// What is wrong with the way to the controller, for `/readyz`; nil when it answers.
private func problem(of client: ControllerClient) async -> String? {
    do {
        _ = try await client.raw("/readyz")
        return nil
    } catch {
        return "the controller does not answer"
    }
}
