import CEL

/// A schema's `pattern`, in the regular expressions of RE2, which run in linear time.
struct SchemaPattern: Sendable {
    let text: String
    private let program: Program

    init(_ text: String, at path: FieldPath) throws(InvalidDefinition) {
        self.text = text
        do {
            program = try Program.compile(
                "self.matches(\(Self.quoted(text)))",
                in: .schemaRules,
                variables: ["self": .string]
            )
        } catch {
            throw InvalidDefinition("\(path): the pattern \(text): \(error)")
        }
    }

    /// A value that is too long to be searched within the limit does not match.
    func matches(_ value: String) -> Bool {
        guard case .bool(true)? = try? program.evaluate(["self": .string(value)], costLimit: 10_000_000) else { return false }
        return true
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
