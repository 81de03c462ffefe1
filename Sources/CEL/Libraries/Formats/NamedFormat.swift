/// A format that Kubernetes knows by name, such as `dns1123Label`.
package struct NamedFormat: Hashable, Sendable {
    let name: String
    /// What running the format's pattern costs for each ten characters.
    let price: UInt64
    /// What is wrong with the text; empty when nothing is.
    let problems: @Sendable (String) -> [String]

    package static func == (left: NamedFormat, right: NamedFormat) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    static let all: [String: NamedFormat] = Dictionary(
        uniqueKeysWithValues: [
            label("dns1123Label", 8, labelShape),
            label("dns1123LabelPrefix", 8, labelShape, isPrefix: true),
            label("dns1123Subdomain", 15, subdomainShape),
            label("dns1123SubdomainPrefix", 15, subdomainShape, isPrefix: true),
            label("dns1035Label", 8, oldLabelShape),
            label("dns1035LabelPrefix", 8, oldLabelShape, isPrefix: true),
            NamedFormat(name: "qualifiedName", price: 15, problems: QualifiedName.problems),
            label("labelValue", 10, labelValueShape),
            NamedFormat(name: "uri", price: 276) { text in
                isValid { () throws(CELEvaluationError) in _ = try URLReference(text) } ? [] : ["invalid URI"]
            },
            pattern(
                "uuid",
                18,
                "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$",
                "does not match the UUID format"
            ),
            NamedFormat(name: "byte", price: 21) { text in Base64Shape.isValid(text) ? [] : ["invalid base64"] },
            NamedFormat(name: "date", price: 18) { text in
                isValid { () throws(CELEvaluationError) in _ = try TimestampText.parse(text + "T00:00:00Z") }
                    ? [] : ["invalid date"]
            },
            NamedFormat(name: "datetime", price: 18) { text in
                isValid { () throws(CELEvaluationError) in _ = try TimestampText.parse(text) } ? [] : ["invalid datetime"]
            },
        ].map { ($0.name, $0) }
    )

    /// A pattern for the whole text, its longest length and the sentence for what does not match.
    struct Shape: Sendable {
        let pattern: String
        let maximumLength: Int
        let sentence: String
        let examples: [String]

        var message: String {
            let given = examples.map { "'\($0)', " }.joined(separator: " or ")
            return "\(sentence) (e.g. \(given)regex used for validation is '\(pattern)')"
        }

        /// Lengths are those of UTF-8, as in Kubernetes.
        func problems(_ text: String) -> [String] {
            var problems: [String] = []
            if text.utf8.count > maximumLength { problems.append("must be no more than \(maximumLength) characters") }
            if !NamedFormat.matches("^\(pattern)$", text) { problems.append(message) }
            return problems
        }
    }

    /// A pattern that RE2 refuses matches nothing; all of ours are constants that a test compiles.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        do throws(CELEvaluationError) {
            return try RegularExpression(pattern).matches(text)
        } catch {
            return false
        }
    }

    private static func label(_ name: String, _ price: UInt64, _ shape: Shape, isPrefix: Bool = false) -> NamedFormat {
        NamedFormat(name: name, price: price) { text in
            // The beginning of a generated name may end with a hyphen, because more will follow it.
            shape.problems(isPrefix && text.utf8.count > 1 && text.hasSuffix("-") ? text.dropLast() + "a" : text)
        }
    }

    private static func pattern(_ name: String, _ price: UInt64, _ pattern: String, _ sentence: String) -> NamedFormat {
        NamedFormat(name: name, price: price) { text in matches(pattern, text) ? [] : [sentence] }
    }
}
