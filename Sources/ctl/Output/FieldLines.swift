/// Lines of `Name:  value`, the values below each other.
enum FieldLines {
    static func text(_ lines: [(String, String)], indent: Int = 0) -> String {
        let width = lines.map(\.0.count).max() ?? 0
        let margin = String(repeating: " ", count: indent)
        return lines.map { name, value in
            let label = name.isEmpty ? "" : "\(name):"
            let gap = String(repeating: " ", count: width + 3 - label.count)
            return "\(margin)\(label)\(value.isEmpty ? "" : gap)\(PrintableText.cell(value))\n"
        }.joined()
    }
}
