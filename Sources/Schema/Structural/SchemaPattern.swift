/// A schema's `pattern`: a regular expression that must be found somewhere in a text.
struct SchemaPattern: Sendable {
    let text: String
    private let search: SchemaPredicate

    init(_ text: String, at path: FieldPath) throws(InvalidDefinition) {
        self.text = text
        search = try SchemaPredicate("self.matches(\(Self.quoted(text)))", at: path)
    }

    func matches(_ value: String) -> Bool { search.holds(for: value) }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
