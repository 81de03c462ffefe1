import Foundation
import Synchronization

/// One of the process's two outputs: text, with colours only where a person looks at them.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let errors = Terminal(descriptor: STDERR_FILENO)

    /// The first thing that went wrong with writing to standard output; 0 while all is well.
    private static let outputProblem = Atomic<Int32>(0)

    let isInteractive: Bool
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1
    }

    var style: TextStyle {
        isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil ? .coloured : .plain
    }

    func line(_ text: String) { write(text + "\n") }

    /// Writes without a buffer, so that lines of a watch are there when they happen.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                if descriptor == STDOUT_FILENO {
                    _ = Self.outputProblem.compareExchange(expected: 0, desired: errno, ordering: .relaxed)
                }
                return
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Throws when something that was to be printed could not be. A reader that went away has ended us by SIGPIPE, as it should.
    static func checkOutput() throws(CommandFailure) {
        let code = outputProblem.load(ordering: .relaxed)
        guard code != 0, code != EPIPE else { return }
        throw CommandFailure("cannot write to standard output: \(String(cString: strerror(code)))")
    }

    /// Fills the places of closed standard files, so that no connection or file gets them and is written to by mistake.
    static func reserveDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest that is free is taken. What the flags do not allow fails as it would have.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Asks without showing what is typed; nil when nobody is there to ask.
    static func askSecretly(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        errors.write(question)
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            errors.write("\n")
        }
        return readLine()
    }

    static func ask(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        errors.write(question)
        return readLine()
    }
}
