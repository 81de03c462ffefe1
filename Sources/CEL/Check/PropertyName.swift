/// How Kubernetes writes a property's name that is not a CEL identifier: `a/b` is selected as `a__slash__b`.
enum PropertyName {
    private static let escapes: [String: String] = ["underscores": "__", "dot": ".", "dash": "-", "slash": "/"]
    private static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    static func unescape(_ name: String) -> String {
        guard name.utf8.count > 4 else { return name }
        let parts = split(name)
        guard parts.count >= 3 else { return name }
        if parts.count == 3, parts[0].isEmpty, parts[2].isEmpty, keywords.contains(parts[1]) { return parts[1] }
        var result = parts[0]
        var index = 1
        while index < parts.count {
            if index + 1 < parts.count, let plain = escapes[parts[index]] {
                result += plain + parts[index + 1]
                index += 2
            } else {
                result += "__" + parts[index]
                index += 1
            }
        }
        return result
    }

    /// The parts between pairs of underscores.
    private static func split(_ name: String) -> [String] {
        var parts = [""]
        var scalars = name.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "_", scalars.first == "_" {
                scalars.removeFirst()
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        return parts
    }
}
