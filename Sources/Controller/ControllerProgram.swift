import ArgumentParser
import Foundation
import Listening
import Logging
import ServiceLifecycle
import Web
import WorkerArguments

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

    @OptionGroup var workerOptions: WorkerOptions

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

    @Option(
        help: ArgumentHelp(
            "How long the client certificates of workers on other hosts are valid; they renew them after a third of it.",
            valueName: "seconds"
        )
    )
    var workerCertificateSeconds = 604_800

    @Flag(help: "Run no workers and no OAuth server.")
    var noProcesses = false

    @OptionGroup var auditOptions: AuditOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    func validate() throws {
        let problems = addressProblems + workerProblems + otherProblems + auditOptions.problems
        guard problems.isEmpty else { throw ValidationError("\(InvalidOptions(problems: problems))") }
    }

    private var addressProblems: [String] {
        [("--listen", listen), ("--worker-listen", workerListen), ("--oauth-listen", oauthListen)]
            .filter { ListenAddress($0.1) == nil }
            .map { "\($0) must be HOST:PORT, like 127.0.0.1:6443; it is \($1)" }
    }

    private var workerProblems: [String] {
        guard (1...1000).contains(workers) else { return ["--workers must be 1 to 1000"] + workerOptions.obstacles }
        guard let first = ListenAddress(workerListen), first.port + workers - 1 > 65_535 else { return workerOptions.obstacles }
        return ["--worker-listen leaves no room for \(workers) ports"] + workerOptions.obstacles
    }

    private var otherProblems: [String] {
        var problems: [String] = []
        if !(10...31_536_000).contains(workerCertificateSeconds) {
            problems.append("--worker-certificate-seconds must be 10 to 31536000 (a year)")
        }
        if Logger.Level(rawValue: logLevel) == nil { problems.append("--log-level \(logLevel) is not known") }
        var isFolder: ObjCBool = false
        if let manifests, !FileManager.default.fileExists(atPath: manifests, isDirectory: &isFolder) || !isFolder.boolValue {
            problems.append("--manifests \(manifests) is not a folder")
        }
        return problems
    }

    mutating func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "controller")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let folder = try await DataFolder.open(data, patience: .seconds(2))
        let parts = try await ControllerParts.prepare(folder: folder, settings: try settings(), logger: logger)
        try await parts.run()
    }

    func settings() throws -> ControllerSettings {
        guard let api = ListenAddress(listen), let worker = ListenAddress(workerListen), let oauth = ListenAddress(oauthListen)
        else {
            throw ValidationError("an address is not HOST:PORT")
        }
        return ControllerSettings(
            apiAddress: api,
            workerAddresses: (0..<workers).map { ListenAddress(host: worker.host, port: worker.port + $0) },
            oauthAddress: oauth,
            workerArguments: workerOptions.arguments(in: FileManager.default.currentDirectoryPath),
            hosts: host,
            manifests: manifests,
            workerCertificateSeconds: workerCertificateSeconds,
            runsProcesses: !noProcesses,
            audit: try auditOptions.settings()
        )
    }
}
