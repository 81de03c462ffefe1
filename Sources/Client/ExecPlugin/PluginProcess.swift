import Foundation
import Synchronization

/// One run of a plugin: what it prints is taken, up to a limit and for a time; what it says on standard error goes to the person.
///
/// It stays in our process group, so that Ctrl-C on a terminal ends it with us.
struct PluginProcess: Sendable {
    static let outputLimit = 1 << 20

    /// As the kubeconfig has it, for messages.
    let command: String
    let path: String
    let arguments: [String]
    let environment: [String]
    /// Whether it reads what the person types.
    let hasInput: Bool
    let showsErrors: Bool
    let timeout: Duration

    func output() async throws -> [UInt8] {
        let stop = Stop()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A thread of its own: reading and waiting block, for as long as the person takes.
                let thread = Thread { continuation.resume(with: Result { try collect(stop) }) }
                thread.start()
            }
        } onCancel: {
            stop.isAsked.store(true, ordering: .relaxed)
        }
    }

    /// Set when nobody waits for the output any more.
    private final class Stop: Sendable {
        let isAsked = Atomic(false)
    }

    private func collect(_ stop: Stop) throws -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ExecPluginFailure.notStarted(path, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let (pid, failure) = spawn(output: ends[1])
        close(ends[1])
        guard failure == 0 else { throw ExecPluginFailure.notStarted(path, failure) }
        let deadline = ContinuousClock.now + timeout
        let (output, status): ([UInt8], Int32)
        do {
            output = try read(ends[0], until: deadline, stop)
            status = try wait(for: pid, until: deadline, stop)
        } catch {
            Self.end(pid)
            throw error
        }
        guard status == 0 else {
            // As Go counts: -1 for one that was ended by a signal.
            let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
            throw ExecPluginFailure("exec: executable \(command) failed with exit code \(code)")
        }
        return output
    }

    private func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant, _ stop: Stop) throws -> [UInt8] {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try check(deadline, stop)
            var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&end, 1, 50) > 0 else { continue }
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return output }
            if count < 0 {
                if errno == EINTR { continue }
                throw ExecPluginFailure("exec: the output of \(command) cannot be read: \(String(cString: strerror(errno)))")
            }
            output += buffer[..<count]
            guard output.count <= Self.outputLimit else {
                throw ExecPluginFailure("exec: executable \(command) printed more than \(Self.outputLimit) bytes")
            }
        }
    }

    /// How it ended, as `waitpid` tells it. It throws only while the process is still there.
    private func wait(for pid: pid_t, until deadline: ContinuousClock.Instant, _ stop: Stop) throws -> Int32 {
        var status: Int32 = 0
        while true {
            let reaped = waitpid(pid, &status, WNOHANG)
            if reaped == pid { return status }
            guard reaped == 0 || errno == EINTR else { return -1 }
            try check(deadline, stop)
            poll(nil, 0, 10)
        }
    }

    private func check(_ deadline: ContinuousClock.Instant, _ stop: Stop) throws {
        if stop.isAsked.load(ordering: .relaxed) { throw CancellationError() }
        guard ContinuousClock.now < deadline else {
            throw ExecPluginFailure("exec: executable \(command) did not end within \(timeout.components.seconds) s")
        }
    }

    /// Asks it to end, then ends it.
    private static func end(_ pid: pid_t) {
        var status: Int32 = 0
        kill(pid, SIGTERM)
        for _ in 0..<100 {
            if waitpid(pid, &status, WNOHANG) != 0 { return }
            poll(nil, 0, 10)
        }
        kill(pid, SIGKILL)
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    /// The id, or why there is none.
    private func spawn(output: Int32) -> (pid: pid_t, failure: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if !hasInput { posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if !showsErrors { posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What we ignore or block, it shall not.
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([command] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        return (pid, failure)
    }
}
