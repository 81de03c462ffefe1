import CEL

/// A condition on a text that is part of a definition: a CEL expression over `self`, whose regular expressions are RE2's and run in
/// linear time.
struct SchemaPredicate: Sendable {
    private let program: Program

    init(_ expression: String, at path: FieldPath) throws(InvalidDefinition) {
        do {
            program = try Program.compile(expression, in: .schemaRules, variables: ["self": .string])
        } catch {
            throw InvalidDefinition("\(path): \(expression): \(error)")
        }
    }

    /// A text that the condition cannot be found out for within the limit does not fulfil it.
    func holds(for text: String) -> Bool {
        guard case .success(.bool(true)) = program.measure(["self": .string(text)], costLimit: 10_000_000).result else {
            return false
        }
        return true
    }
}
