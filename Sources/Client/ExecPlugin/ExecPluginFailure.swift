import Foundation

/// Why a plugin gave no credentials, in kubectl's words where it has some. Never anything of what the plugin printed.
package struct ExecPluginFailure: LocalizedError, Sendable, Hashable {
    package let message: String

    init(_ message: String) { self.message = message }

    package var errorDescription: String? { "getting credentials: \(message)" }

    static func notFound(_ command: String, installHint: String?) -> ExecPluginFailure {
        let help = """
            exec: executable \(command) not found

            It looks like you are trying to use a client-go credential plugin that is not installed.

            To learn more about this feature, consult the documentation available at:
                  https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
            """
        return ExecPluginFailure(help + (installHint.map { "\n\n\($0)" } ?? ""))
    }

    static func notStarted(_ path: String, _ code: Int32) -> ExecPluginFailure {
        let reason = String(cString: strerror(code))
        return ExecPluginFailure("exec: fork/exec \(path): \(reason.prefix(1).lowercased())\(reason.dropFirst())")
    }
}
