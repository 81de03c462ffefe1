import Foundation

/// A schema's `pattern`.
struct SchemaPattern: Sendable {
    let text: String
    private let expression: NSRegularExpression

    init(_ text: String, at path: FieldPath) throws(InvalidDefinition) {
        self.text = text
        do {
            expression = try NSRegularExpression(pattern: text)
        } catch {
            throw InvalidDefinition("\(path): the pattern \(text) is not a regular expression")
        }
    }

    func matches(_ value: String) -> Bool {
        expression.firstMatch(in: value, range: NSRange(value.startIndex..., in: value)) != nil
    }
}
