/// Why bytes are not the JSON that Postern accepts.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case syntax, notAnObject, encoding, duplicateName, tooDeep, tooLarge, numberRange, trailingBytes, empty
    }
    package let reason: Reason
    /// Offset in bytes from the beginning of the input.
    package let offset: Int
    /// Where the member stands whose name occurs twice, as `spec.list[0].name`; nil for any other reason, and from readers that build no
    /// values. It says nothing that the offset does not, so it makes no two errors different.
    package let field: String?

    package init(reason: Reason, offset: Int, field: String? = nil) {
        self.reason = reason
        self.offset = offset
        self.field = field
    }

    package static func == (left: JSONError, right: JSONError) -> Bool {
        left.reason == right.reason && left.offset == right.offset
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(reason)
        hasher.combine(offset)
    }

    /// The same error, seen from the value around: `step` is a member's name or an item's `[0]`.
    func inside(_ step: String) -> JSONError {
        let joined = field.map { $0.hasPrefix("[") ? step + $0 : "\(step).\($0)" }
        return JSONError(reason: reason, offset: offset, field: joined)
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
