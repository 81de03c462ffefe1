/// The shapes of Kubernetes' names; patterns and sentences are interface.
extension NamedFormat {
    static let labelShape = Shape(
        pattern: "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
        maximumLength: 63,
        sentence:
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
            + "alphanumeric character",
        examples: ["my-name", "123-abc"]
    )

    static let oldLabelShape = Shape(
        pattern: "[a-z]([-a-z0-9]*[a-z0-9])?",
        maximumLength: 63,
        sentence:
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and "
            + "end with an alphanumeric character",
        examples: ["my-name", "abc-123"]
    )

    static let subdomainShape = Shape(
        pattern: #"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"#,
        maximumLength: 253,
        sentence:
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
            + "end with an alphanumeric character",
        examples: ["example.com"]
    )

    static let labelValueShape = Shape(
        pattern: "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
        maximumLength: 63,
        sentence:
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
            + "with an alphanumeric character",
        examples: ["MyValue", "my_value", "12345"]
    )
}

/// `name` or `prefix/name`, the form of label keys.
enum QualifiedName {
    private static let part = NamedFormat.Shape(
        pattern: "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
        maximumLength: 63,
        sentence:
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        examples: ["MyName", "my.name", "123-abc"]
    )

    static func problems(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else {
            return [
                "a qualified name \(part.message) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            ]
        }
        var problems: [String] = []
        if parts.count == 2 {
            if parts[0].isEmpty { problems.append("prefix part must be non-empty") }
            problems += parts[0].isEmpty ? [] : NamedFormat.subdomainShape.problems(parts[0]).map { "prefix part \($0)" }
        }
        if name.isEmpty { problems.append("name part must be non-empty") }
        return problems + part.problems(name).map { "name part \($0)" }
    }
}

/// Whether a text is padded base64 in the standard alphabet.
enum Base64Shape {
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard bytes.count.isMultiple(of: 4), padding <= 2 else { return false }
        return bytes.dropLast(padding).allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "+/".utf8.contains($0) }
    }
}
