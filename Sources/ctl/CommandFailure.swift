import Foundation

/// A command's own "no", as the person reads it.
struct CommandFailure: LocalizedError, Hashable {
    enum Code: Int32 {
        /// It did not work.
        case failed = 1
        /// It did not happen in time.
        case timedOut = 2

        /// It could not be found out.
        static let undecided = Code.timedOut
    }

    /// Printed after `error: `; nothing is printed for an empty one, where all has been said already.
    let message: String
    let code: Code

    init(_ message: String, code: Code = .failed) {
        self.message = message
        self.code = code
    }

    var errorDescription: String? { message }
}

/// Why a command whose exit code is its answer has none to give: 2, because 1 says "different", or "refused".
struct NoAnswer: Error {
    let cause: any Error
}
