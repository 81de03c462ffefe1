import API
import ArgumentParser
import Foundation
import Logging

/// The options of the audit log, under the names that Kubernetes' API server gives them.
struct AuditOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where requests are recorded: a file, or - for standard output. (default: DATA/audit.log)",
            valueName: "file"
        )
    )
    var auditLogPath: String?

    @Option(help: ArgumentHelp("Which requests are recorded: a Policy of audit.k8s.io/v1 as YAML.", valueName: "file"))
    var auditPolicyFile: String?

    @Option(help: ArgumentHelp("Begin a new audit file after this many megabytes.", valueName: "MiB"))
    var auditLogMaxsize = 100

    @Option(help: ArgumentHelp("How many full audit files are kept.", valueName: "files"))
    var auditLogMaxbackup = 10

    var problems: [String] {
        var problems: [String] = []
        if !(1...10_000).contains(auditLogMaxsize) { problems.append("--audit-log-maxsize must be 1 to 10000") }
        if !(0...1_000).contains(auditLogMaxbackup) { problems.append("--audit-log-maxbackup must be 0 to 1000") }
        do { _ = try policy() } catch {
            problems.append("--audit-policy-file \(auditPolicyFile ?? ""): \(Self.text(of: error))")
        }
        return problems
    }

    func settings() throws -> AuditSettings {
        AuditSettings(
            path: auditLogPath,
            policy: try policy(),
            sizeLimit: auditLogMaxsize << 20,
            keptFiles: auditLogMaxbackup
        )
    }

    private func policy() throws -> AuditPolicy {
        guard let auditPolicyFile else { return .builtIn }
        let bytes = try Data(contentsOf: URL(filePath: auditPolicyFile))
        return try AuditPolicy.read([UInt8](bytes), source: auditPolicyFile)
    }

    private static func text(of error: any Error) -> String {
        (error as? CocoaError)?.localizedDescription ?? "\(error)"
    }
}

/// What the command line says about the audit log, checked.
struct AuditSettings: Sendable {
    /// nil: in the data folder.
    let path: String?
    let policy: AuditPolicy
    let sizeLimit: Int
    let keptFiles: Int

    /// - Parameter defaultPath: where lines go when the command line does not say.
    func open(defaultPath: String, logger: Logger) throws -> AuditLog {
        var options = AuditLog.Options(path: path ?? defaultPath)
        options.policy = policy
        options.sizeLimit = sizeLimit
        options.keptFiles = keptFiles
        do {
            return try AuditLog(options, logger: logger)
        } catch {
            throw ValidationError("--audit-log-path \(error)")
        }
    }
}
