import CEL
import Client
import Foundation
import Schema

/// What a person reads about an error, in the words kubectl uses where it has some.
struct FailureReport: Hashable {
    let text: String
    let exitCode: Int32

    /// nil for errors of the argument parser, which words its own.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure:
            self.init(text: failure.message.isEmpty ? "" : "error: \(failure.message)", exitCode: failure.code.rawValue)
        case let failure as APIFailure: self.init(text: Self.text(failure), exitCode: 1)
        case let failure as NoAnswer:
            guard let report = FailureReport(failure.cause) else { return nil }
            self.init(text: report.text, exitCode: max(2, report.exitCode))
        case let failures as Failures:
            let reports = failures.all.map { FailureReport($0) ?? FailureReport(text: "error: \($0)", exitCode: 1) }
            self.init(text: reports.map(\.text).joined(separator: "\n"), exitCode: reports.map(\.exitCode).max() ?? 1)
        case let refusal as ManifestRefusal: self.init(text: refusal.text, exitCode: 1)
        case let failure as TransportFailure: self.init(text: Self.text(failure), exitCode: 1)
        case let failure as ExecPluginFailure:
            self.init(text: "Unable to connect to the server: \(failure.localizedDescription)", exitCode: 1)
        case let failure as CELCompileError: self.init(text: failure.description, exitCode: 1)
        case let failure as InvalidManifest: self.init(text: "error: \(failure.localizedDescription)", exitCode: 1)
        case is CancellationError: self.init(text: "error: interrupted", exitCode: 130)
        case let error as any LocalizedError where error.errorDescription != nil && !Self.isOfParser(error):
            self.init(text: "error: \(error.localizedDescription)", exitCode: 1)
        default:
            if Self.isOfParser(error) { return nil }
            self.init(text: "error: \(error)", exitCode: 1)
        }
    }

    private init(text: String, exitCode: Int32) {
        self.text = text
        self.exitCode = exitCode
    }

    private static func isOfParser(_ error: any Error) -> Bool {
        let type = String(reflecting: type(of: error))
        return type.hasPrefix("ArgumentParser.")
    }

    /// - Parameter subject: what was being done, such as `error when applying "a.yaml"`.
    static func text(_ failure: APIFailure, doing subject: String? = nil) -> String {
        let prefix = subject.map { "\($0): " } ?? ""
        switch failure.reason {
        case "Invalid" where failure.causes.count > 1: return prefix + invalid(failure)
        // Not every refusal is about an object's content.
        case "Invalid" where !failure.message.contains(" is invalid"):
            return "\(prefix)The request is invalid: \(failure.message)"
        case "Invalid": return "\(prefix)The \(withoutGroup(failure.message))"
        case "Conflict" where failure.causes.contains(where: { $0.reason == "FieldManagerConflict" }):
            return "\(prefix)error: \(failure.message)\n"
                + "Take the fields over with --force-conflicts, or leave them out of the manifest and to their managers, or give them "
                + "the value that they have."
        case "Unauthorized":
            // An answer without a Status has no reason of its own.
            let reason = failure.message.contains("(Unauthorized)") ? "Unauthorized" : failure.message
            return "\(prefix)error: You must be logged in to the server (\(reason))\n"
                + "Log in with: ctl login SERVER -u USER, or use the administrator's kubeconfig (--kubeconfig DATA/admin.kubeconfig)"
        default: return "\(prefix)Error from server (\(failure.reason)): \(failure.message)"
        }
    }

    /// One line per cause.
    private static func invalid(_ failure: APIFailure) -> String {
        let head = failure.message.components(separatedBy: " is invalid:").first ?? failure.message
        let lines = failure.causes.map { "* \($0.field): \($0.message)" }
        return "The \(withoutGroup(head)) is invalid:\n" + lines.joined(separator: "\n")
    }

    /// `Authentication.config.openshift.io "cluster"` becomes `Authentication "cluster"`.
    private static func withoutGroup(_ message: String) -> String {
        guard let space = message.firstIndex(of: " "), let dot = message[..<space].firstIndex(of: ".") else { return message }
        return String(message[..<dot] + message[space...])
    }

    static func text(_ failure: TransportFailure) -> String {
        let hint =
            switch failure.reason {
            case .unreachable:
                "\nIs the controller running? `make run` starts it; --server and --kubeconfig choose another one."
            case .untrusted:
                "\nGive the right authority with --certificate-authority, or use the kubeconfig the controller wrote."
            case .certificateRequired:
                "\nUse the kubeconfig the controller wrote (--kubeconfig DATA/admin.kubeconfig); logins are at workers."
            case .badAddress, .certificateRefused, .timedOut, .tooLarge, .interrupted, .notJSON: ""
            }
        return "error: \(failure.description)\(hint)"
    }
}
