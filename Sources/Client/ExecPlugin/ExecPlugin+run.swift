import Foundation

extension ExecPlugin {
    /// Runs the plugin once and reads what it gives.
    func run() async throws -> ExecCredential {
        let isInteractive = try isInteractive(hasTerminal: isatty(STDIN_FILENO) == 1)
        let inherited = ProcessInfo.processInfo.environment
        var variables = inherited
        for variable in environment { variables[variable.name] = variable.value }
        variables["KUBERNETES_EXEC_INFO"] = question(isInteractive: isInteractive)
        let process = PluginProcess(
            command: command,
            path: try path(among: inherited["PATH"] ?? ""),
            arguments: arguments,
            environment: variables.map { "\($0.key)=\($0.value)" },
            hasInput: isInteractive,
            showsErrors: !isUnattended,
            timeout: isInteractive ? .seconds(300) : .seconds(60)
        )
        return try ExecCredential(try await process.output(), of: self)
    }

    func isInteractive(hasTerminal: Bool) throws(ExecPluginFailure) -> Bool {
        let isAvailable = hasTerminal && !isUnattended
        switch interactiveMode {
        case .never: return false
        case .ifAvailable: return isAvailable
        case .always:
            guard isAvailable else {
                throw ExecPluginFailure("exec plugin cannot support interactive mode: standard input is not a terminal")
            }
            return true
        }
    }

    /// A name without a slash is looked for in `PATH`; never where we happen to be.
    private func path(among folders: String) throws(ExecPluginFailure) -> String {
        if command.contains("/") { return command }
        let paths = folders.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(command)" }
        let found = paths.first { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && access(path, X_OK) == 0
        }
        guard let found else { throw .notFound(command, installHint: installHint) }
        return found
    }
}
