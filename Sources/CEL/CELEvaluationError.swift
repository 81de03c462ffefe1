import Foundation

/// Why a program gave no value.
package enum CELEvaluationError: Error, Hashable, Sendable {
    /// The run was stopped because it became too expensive; `&&` and `||` never absorb this one.
    case costLimitExceeded
    /// A declared variable was not given a value.
    case unboundVariable(String)
    case noSuchKey(String)
    case noSuchOverload
    case indexOutOfRange(Int64)
    case divisionByZero
    case modulusByZero
    case integerOverflow
    case unsignedIntegerOverflow
    case timestampOverflow
    case durationOverflow
    /// An argument that its function refuses, in a sentence.
    case invalidArgument(String)
}

extension CELEvaluationError: CustomStringConvertible, LocalizedError {
    package var description: String {
        switch self {
        case .costLimitExceeded: "operation cancelled: actual cost limit exceeded"
        case .unboundVariable(let name): "no such attribute(s): \(name)"
        case .noSuchKey(let key): "no such key: \(key)"
        case .noSuchOverload: "no such overload"
        case .indexOutOfRange(let index): "index out of bounds: \(index)"
        case .divisionByZero: "division by zero"
        case .modulusByZero: "modulus by zero"
        case .integerOverflow: "integer overflow"
        case .unsignedIntegerOverflow: "unsigned integer overflow"
        case .timestampOverflow: "timestamp overflow"
        case .durationOverflow: "duration overflow"
        case .invalidArgument(let sentence): sentence
        }
    }

    package var errorDescription: String? { description }
}
