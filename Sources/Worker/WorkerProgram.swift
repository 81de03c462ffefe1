import ArgumentParser
import Discovery
import Foundation
import Listening
import Logging
import WorkerArguments

/// `authenticator`: one worker. It judges tokens by one immutable snapshot, with or without a controller.
@main
struct WorkerProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authenticator",
        abstract: "A Postern worker: says who a bearer token belongs to.",
        discussion: """
            With --join it becomes a worker of a controller on another host, by a token from `ctl worker token`. With --name and --data
            alone it is one of the controller's own. With --authentication-config it needs no controller: it reads a Kubernetes
            AuthenticationConfiguration file and follows its changes.
            """
    )

    @Option(help: "The worker's name; its Node object is called the same.")
    var name: String?

    @Option(help: "The folder with the worker's certificates, its last good snapshot and its process.json.")
    var data: String?

    @Option(help: "The controller's address (default: https://127.0.0.1:6443).")
    var controller: String?

    @Option(help: ArgumentHelp("Join the controller at this address, from another host.", valueName: "url"))
    var join: String?

    @Option(
        help: ArgumentHelp(
            "With --join: the file with the token; not needed any more once the worker has joined.",
            valueName: "file"
        )
    )
    var joinTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "With --join: a name or address under which this worker is reached, the first for the others to use; may be given several times. "
                + "The token must allow it, unless the worker joins from it.",
            valueName: "name"
        )
    )
    var host: [String] = []

    @Option(
        help: ArgumentHelp("A Kubernetes AuthenticationConfiguration to judge by, without a controller.", valueName: "file")
    )
    var authenticationConfig: String?

    @Option(
        help: ArgumentHelp("The serving certificate, PEM; with --authentication-config, instead of --data.", valueName: "file")
    )
    var tlsCertFile: String?

    @Option(help: ArgumentHelp("The private key of --tls-cert-file, PEM.", valueName: "file"))
    var tlsPrivateKeyFile: String?

    @Option(help: ArgumentHelp("The authority of client certificates, PEM; without it none is asked for.", valueName: "file"))
    var clientCaFile: String?

    @Flag(
        help: ArgumentHelp(
            "With --authentication-config: let names that begin with system: pass, as Kubernetes does, unless the file's rules refuse "
                + "them."
        )
    )
    var allowReservedNames = false

    @Option(help: "The address to listen on.")
    var listen = "127.0.0.1:9443"

    @OptionGroup var endpoints: EndpointOptions

    @Option(help: "How many seconds requests in progress may take when the worker is stopped.")
    var drainSeconds = 5

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    mutating func run() async throws {
        let source = try source()
        let address = try address()
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel) is not known")
        }
        let settings = try endpoints.settings()
        guard (0...600).contains(drainSeconds) else { throw ValidationError("--drain-seconds must be 0 to 600") }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: name ?? "authenticator")
        logger.logLevel = level
        let access = try endpoints.access(isControlled: source.isControlled, logger: logger)
        let joining = joining(source, logger)
        let identity = try await joining?.identity()
        let parts = WorkerParts(
            address: address,
            access: access,
            tokenCacheSize: settings.tokenCacheSize,
            drain: .seconds(drainSeconds),
            tls: ServingContext(try identity?.servingContext() ?? source.tlsFiles.context()),
            logger: logger
        )
        do {
            switch source {
            case .controller(let name, let folder, let controller):
                try await ControlledWorker(name: name, folder: folder, controller: controller, parts: parts).run()
            case .join:
                guard let identity, let joining else { return }
                try await ControlledWorker(identity, joining, parts: parts).run()
            case .file(let path, _):
                try await StandaloneWorker(path: path, allowsReservedNames: allowReservedNames, parts: parts).run()
            }
        } catch {
            await parts.close()
            throw error
        }
    }

    /// How a worker of another host gets its identity; nil for all others.
    private func joining(_ source: Source, _ logger: Logger) -> Joining? {
        guard case .join(let name, let folder, let controller) = source else { return nil }
        return Joining(
            folder: folder,
            controller: controller,
            name: name,
            tokenFile: joinTokenFile,
            hosts: host,
            now: { Int64(Date().timeIntervalSince1970) },
            logger: logger
        )
    }

    private func address() throws -> ListenAddress {
        guard let address = ListenAddress(listen) else {
            throw ValidationError("--listen must be HOST:PORT, like 127.0.0.1:9443")
        }
        return address
    }
}

extension WorkerProgram {
    /// Where the configuration comes from.
    enum Source: Hashable {
        case controller(name: String, folder: String, address: String)
        case join(name: String?, folder: String, address: String)
        case file(String, ServingFiles)

        var isControlled: Bool { if case .file = self { false } else { true } }

        var tlsFiles: ServingFiles {
            switch self {
            case .controller(_, let folder, _), .join(_, let folder, _): ServingFiles(folder: folder)
            case .file(_, let files): files
            }
        }
    }

    func source() throws(ValidationError) -> Source {
        let ownFiles = [
            ("--tls-cert-file", tlsCertFile), ("--tls-private-key-file", tlsPrivateKeyFile), ("--client-ca-file", clientCaFile),
        ].filter { $0.1 != nil }.map(\.0)
        guard join != nil || (joinTokenFile == nil && host.isEmpty) else {
            throw ValidationError("--join-token-file and --host are for --join")
        }
        guard let authenticationConfig else {
            guard ownFiles.isEmpty else {
                throw ValidationError("\(ownFiles[0]) is for --authentication-config; with a controller --data has the files")
            }
            guard !allowReservedNames else {
                throw ValidationError(
                    "--allow-reserved-names is for --authentication-config; with a controller the Authentication says it "
                        + "(claimMappings.reservedNamePolicy)"
                )
            }
            if let join {
                guard let data, controller == nil, join.hasPrefix("https://") else {
                    throw ValidationError(
                        "--join is the controller's address, like https://HOST:6443, and needs --data, and no --controller"
                    )
                }
                return .join(name: name, folder: data, address: join)
            }
            guard let name, let data else {
                throw ValidationError(
                    "give --join and --data (on another host), --name and --data (as the controller does), or --authentication-config"
                )
            }
            return .controller(name: name, folder: data, address: controller ?? "https://127.0.0.1:6443")
        }
        guard controller == nil, join == nil else {
            throw ValidationError("--authentication-config and --controller or --join exclude each other")
        }
        if let data {
            guard ownFiles.isEmpty else { throw ValidationError("--data and \(ownFiles[0]) exclude each other") }
            return .file(authenticationConfig, ServingFiles(folder: data))
        }
        guard let tlsCertFile, let tlsPrivateKeyFile else {
            throw ValidationError(
                "--authentication-config needs --tls-cert-file and --tls-private-key-file, or --data with serving.crt, serving.key "
                    + "and ca.crt"
            )
        }
        let files = ServingFiles(certificateChain: tlsCertFile, privateKey: tlsPrivateKeyFile, clientAuthority: clientCaFile)
        return .file(authenticationConfig, files)
    }
}
