import Foundation

/// The person's own editor, run on the terminal until it is closed.
enum ExternalEditor {
    static func open(_ file: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let editor = environment["KUBE_EDITOR"] ?? environment["EDITOR"] ?? "vi"
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The editor may be a command with flags; the file is passed beside it, so that no character of it is read by the shell.
        process.arguments = ["-c", "\(editor) \"$1\"", "editor", file]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailure("the editor \"\(editor)\" ended with \(process.terminationStatus); set EDITOR to another one")
        }
    }
}
