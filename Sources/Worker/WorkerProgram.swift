import ArgumentParser
import Client
import Discovery
import Foundation
import Listening
import Logging
import ServiceLifecycle
import UnixSignals

/// `authenticator`: one worker. It judges tokens by one immutable snapshot, with or without a controller.
@main
struct WorkerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authenticator",
        abstract: "A Postern worker: says who a bearer token belongs to."
    )

    @Option(help: "The worker's name; its Node object is called the same.")
    var name: String

    @Option(help: "The folder with the worker's certificates, its last good snapshot and its process.json.")
    var data: String

    @Option(help: "The controller's address.")
    var controller = "https://127.0.0.1:6443"

    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1:9443"

    @Option(help: ArgumentHelp("Networks that may ask GET /auth, separated by commas.", valueName: "cidr,…"))
    var forwardAuthFrom = "127.0.0.0/8,::1/128"

    @Option(help: "How many seconds requests in progress may take when the worker is stopped.")
    var drainSeconds = 5

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    mutating func run() async throws {
        guard let address = ListenAddress(listen) else {
            throw ValidationError("--listen must be HOST:PORT, like 127.0.0.1:9443")
        }
        guard let networks = AddressList(forwardAuthFrom) else {
            throw ValidationError("--forward-auth-from must be networks like 10.0.0.0/8, separated by commas")
        }
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel) is not known")
        }
        guard (0...600).contains(drainSeconds) else { throw ValidationError("--drain-seconds must be 0 to 600") }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: name)
        logger.logLevel = level
        let parts = try WorkerParts(
            name: name,
            folder: data,
            controller: controller,
            address: address,
            networks: networks,
            drain: .seconds(drainSeconds),
            logger: logger
        )
        try await parts.run()
    }
}
