import ArgumentParser
import Foundation
import Listening
import Logging
import ServiceLifecycle
import Web

/// `controller`: the API, the store, the reconcile loops, and the owner of the workers and the OAuth server.
@main
struct ControllerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller",
        abstract: "Postern's controller: one Authentication resource, rolled out to authenticator workers.",
        version: ControllerVersion.text
    )

    @Option(help: "The folder that holds everything; made on the first start.")
    var data = "./data"

    @Option(help: "The API's address; clients need a certificate.")
    var listen = "127.0.0.1:6443"

    @Option(help: "How many workers to run.")
    var workers = 3

    @Option(help: "The first worker's address; worker N listens on this port plus N.")
    var workerListen = "127.0.0.1:9443"

    @Option(help: "The built-in OAuth server's address.")
    var oauthListen = "127.0.0.1:8443"

    @Option(
        help: ArgumentHelp(
            "A name or address under which this machine is reached; may be given several times.",
            valueName: "name"
        )
    )
    var host: [String] = []

    @Option(help: "A folder of YAML files that are applied as they appear and change.")
    var manifests: String?

    @Flag(help: "Run no workers and no OAuth server.")
    var noProcesses = false

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    func validate() throws {
        for (flag, text) in [("--listen", listen), ("--worker-listen", workerListen), ("--oauth-listen", oauthListen)]
        where ListenAddress(text) == nil {
            throw ValidationError("\(flag) must be HOST:PORT, like 127.0.0.1:6443; it is \(text)")
        }
        guard (1...1000).contains(workers) else { throw ValidationError("--workers must be 1 to 1000") }
        guard let first = ListenAddress(workerListen), first.port + workers - 1 <= 65_535 else {
            throw ValidationError("--worker-listen leaves no room for \(workers) ports")
        }
        guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("--log-level \(logLevel) is not known") }
        if let manifests {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: manifests, isDirectory: &isFolder), isFolder.boolValue else {
                throw ValidationError("--manifests \(manifests) is not a folder")
            }
        }
    }

    mutating func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "controller")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let folder = try DataFolder.open(data)
        let parts = try await ControllerParts.prepare(folder: folder, settings: try settings(), logger: logger)
        try await parts.run()
    }

    private func settings() throws -> ControllerSettings {
        guard let api = ListenAddress(listen), let worker = ListenAddress(workerListen), let oauth = ListenAddress(oauthListen)
        else {
            throw ValidationError("an address is not HOST:PORT")
        }
        return ControllerSettings(
            apiAddress: api,
            workerAddresses: (0..<workers).map { ListenAddress(host: worker.host, port: worker.port + $0) },
            oauthAddress: oauth,
            hosts: host,
            manifests: manifests,
            runsProcesses: !noProcesses
        )
    }
}
