import Foundation

/// One of the process's two outputs: text, with colours only where a person looks at them.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let errors = Terminal(descriptor: STDERR_FILENO)

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
                return
            }
            rest = rest.dropFirst(written)
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
