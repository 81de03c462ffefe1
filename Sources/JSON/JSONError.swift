/// Why bytes are not the JSON that Postern accepts.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case syntax, notAnObject, encoding, duplicateName, tooDeep, tooLarge, numberRange, trailingBytes, empty
    }
    package let reason: Reason
    /// Offset in bytes from the beginning of the input.
    package let offset: Int

    package init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String {
        let problem =
            switch reason {
            case .syntax: "not valid JSON"
            case .notAnObject: "not an object"
            case .encoding: "not valid UTF-8 or a lone surrogate"
            case .duplicateName: "a member name occurs twice in one object"
            case .tooDeep: "nested too deeply"
            case .tooLarge: "too large"
            case .numberRange: "a number is out of range"
            case .trailingBytes: "bytes after the end of the value"
            case .empty: "empty"
            }
        return "\(problem) (at byte \(offset))"
    }
}
