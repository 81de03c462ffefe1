import Foundation
import Synchronization

/// The person's own editor, and the private file it works on.
///
/// The file is gone when `with` ends, however it ends, by a signal too, unless its keeping was asked for. The editor does not
/// outlive us.
final class ExternalEditor: Sendable {
    private struct State {
        var editor: pid_t?
        var keepsFile = false
        var isEnding = false
    }

    /// Where the text is, in a folder that only we can read.
    let file: String
    private let folder: String
    private let command: String
    private let hasTerminal = isatty(STDIN_FILENO) == 1
    private let state = Mutex(State())

    /// The editor's command; nil when none is set and nobody is there to use the usual one.
    static func command(environment: [String: String], isInteractive: Bool) -> String? {
        let chosen = [environment["KUBE_EDITOR"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty }
        return chosen ?? (isInteractive ? "vi" : nil)
    }

    /// Makes a file of this name for as long as `body` runs.
    static func with(_ command: String, fileName: String, _ body: (ExternalEditor) async throws -> Void) async throws {
        let editor = try ExternalEditor(command, fileName: fileName)
        let sources = editor.watchSignals()
        defer {
            for source in sources { source.cancel() }
            editor.removeFile()
        }
        try await body(editor)
    }

    private init(_ command: String, fileName: String) throws {
        self.command = command
        folder = FileManager.default.temporaryDirectory.appending(path: "ctl-edit-\(UUID().uuidString)").path
        file = "\(folder)/\(fileName)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// Leaves the file where it is.
    func keepFile() { state.withLock { $0.keepsFile = true } }

    /// Shows a text until the editor is closed; what it is then.
    func edit(_ text: String) throws -> String {
        let isWritten = FileManager.default.createFile(
            atPath: file,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw CommandFailure("cannot write \(file)") }
        let status = try run()
        // An editor that was ended with us: the signal's handler ends the process.
        if state.withLock({ $0.isEnding }) { while true { pause() } }
        guard status == 0 else {
            let end = status & 0x7F == 0 ? "ended with \((status >> 8) & 0xFF)" : "was ended by signal \(status & 0x7F)"
            throw CommandFailure("the editor \"\(command)\" \(end); set EDITOR to another one")
        }
        return String(decoding: try ManifestFiles.bytes(of: file), as: UTF8.self)
    }

    // MARK: - Process

    /// Runs it in our process group, so that it can use the terminal; in one of its own where there is none, so that all it
    /// starts can be ended. How it ended, as `waitpid` tells it.
    private func run() throws -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore what the watching sources handle; the editor must not inherit that.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in Self.signals { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = POSIX_SPAWN_SETSIGDEF | (hasTerminal ? 0 : POSIX_SPAWN_SETPGROUP)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        // It may be a command with flags; the file is passed beside it, so that no character of it is read by the shell.
        let words = ["sh", "-c", "\(command) \"$1\"", "editor", file]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let failure = state.withLock { state -> Int32 in
            guard !state.isEnding else { return 0 }
            let failure = posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, environ)
            if failure == 0 { state.editor = pid }
            return failure
        }
        guard failure == 0 else { throw CommandFailure("cannot run the editor: \(String(cString: strerror(failure)))") }
        guard pid > 0 else { return 0 }
        var status: Int32 = 0
        // Waits without reaping, so that the id stays its own until nobody can signal it any more.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        state.withLock { state in
            state.editor = nil
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
        return status
    }

    // MARK: - Signals

    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    private func watchSignals() -> [any DispatchSourceSignal] {
        let queue = DispatchQueue(label: "editor-signals")  // proof: it holds signal handlers alone, one after another
        return Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in received(number) }
            source.setCancelHandler { signal(number, SIG_DFL) }
            source.resume()
            return source
        }
    }

    /// Ends the editor, removes the file, and lets the signal do its work.
    private func received(_ number: Int32) {
        let isEditors = state.withLock { state in
            // Ctrl-C on a terminal reaches the editor by itself, which knows better what it means.
            if number == SIGINT, state.editor != nil, hasTerminal { return true }
            state.isEnding = true
            return false
        }
        guard !isEditors else { return }
        for signal in [SIGTERM, SIGKILL] {
            for _ in 0..<100 where state.withLock({ $0.editor.map { kill(hasTerminal ? $0 : -$0, signal) } }) != nil {
                usleep(20_000)  // proof: a signal's own queue, at most 2 s each; nothing else waits
            }
        }
        removeFile()
        signal(number, SIG_DFL)
        // The queue's threads block all signals.
        var ours = sigset_t()
        sigemptyset(&ours)
        sigaddset(&ours, number)
        pthread_sigmask(SIG_UNBLOCK, &ours, nil)
        raise(number)
    }

    private func removeFile() {
        guard !state.withLock({ $0.keepsFile }) else { return }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
