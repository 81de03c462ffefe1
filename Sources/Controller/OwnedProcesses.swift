import Certificates
import Foundation
import Logging
import Supervision

/// The workers and the OAuth server as processes: what to run, with which certificates, in which folder.
struct OwnedProcesses: Sendable {
    let folder: DataFolder
    let settings: ControllerSettings
    let logger: Logger

    /// The programs stand beside the controller's own.
    private var programs: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return (own as NSString).deletingLastPathComponent
        }
    }

    func equip(_ certificates: ClusterCertificates, now: Date) throws {
        for name in settings.workerNames {
            try certificates.equip(.worker(name: name), folder: folder.worker(name), hosts: settings.hosts, now: now)
        }
        try certificates.equip(.oauthServer, folder: folder.oauthServer, hosts: settings.hosts, now: now)
    }

    func workers() throws -> [ProcessSupervisor.Program] {
        try zip(settings.workerNames, settings.workerAddresses).map { name, address in
            try program(
                name,
                executable: "authenticator",
                folder: folder.worker(name),
                ["--name", name, "--listen", "\(address)"] + settings.workerArguments
            )
        }
    }

    /// Workers of an earlier start with more of them, which may still run when that controller was killed.
    func formerWorkers() throws -> [ProcessSupervisor.Program] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.workers)) ?? []
        return try names.filter { !settings.workerNames.contains($0) }.sorted().map { name in
            try program(name, executable: "authenticator", folder: folder.worker(name), [])
        }
    }

    func oauthServer() throws -> ProcessSupervisor.Program {
        try program(
            "oauth-server",
            executable: "oauth-server",
            folder: folder.oauthServer,
            ["--listen", "\(settings.oauthAddress)"]
        )
    }

    private func program(
        _ name: String,
        executable: String,
        folder: String,
        _ arguments: [String]
    ) throws -> ProcessSupervisor.Program {
        var environment = ProcessInfo.processInfo.environment
        // A crash report prints memory that registers point to: tokens could get into the log by it.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return ProcessSupervisor.Program(
            name: name,
            executable: "\(try programs)/\(executable)",
            arguments: arguments + [
                "--data", folder, "--controller", settings.apiURL, "--log-level", logger.logLevel.rawValue,
            ],
            environment: environment,
            log: "\(folder)/\(executable == "authenticator" ? "worker" : executable).log",
            record: "\(folder)/process.json"
        )
    }
}
