package import JSON

/// Writes a JSON value as YAML the way kubectl does: members sorted, lists not indented, quotes only where they are needed.
package enum YAMLWriter {
    /// Ends with a line end.
    package static func text(of value: JSONValue) -> String {
        var output = ""
        switch value {
        case .object(let object) where !object.isEmpty: write(object, to: &output, indent: 0, isInline: false)
        case .array(let values) where !values.isEmpty: write(values, to: &output, indent: 0)
        default: output += scalar(value, indent: 2) + "\n"
        }
        return output
    }

    /// - Parameter isInline: the first member stands on a line that is begun already, after a dash.
    private static func write(_ object: JSONObject, to output: inout String, indent: Int, isInline: Bool) {
        for (position, member) in object.enumerated() {
            if position > 0 || !isInline { output += String(repeating: " ", count: indent) }
            output += "\(quoted(member.name)):"
            switch member.value {
            case .object(let object) where !object.isEmpty:
                output += "\n"
                write(object, to: &output, indent: indent + 2, isInline: false)
            case .array(let values) where !values.isEmpty:
                output += "\n"
                write(values, to: &output, indent: indent)
            default: output += " \(scalar(member.value, indent: indent + 2))\n"
            }
        }
    }

    private static func write(_ values: [JSONValue], to output: inout String, indent: Int, isInline: Bool = false) {
        for (position, value) in values.enumerated() {
            if position > 0 || !isInline { output += String(repeating: " ", count: indent) }
            output += "- "
            switch value {
            case .object(let object) where !object.isEmpty: write(object, to: &output, indent: indent + 2, isInline: true)
            case .array(let values) where !values.isEmpty: write(values, to: &output, indent: indent + 2, isInline: true)
            default: output += "\(scalar(value, indent: indent + 2))\n"
            }
        }
    }

    private static func scalar(_ value: JSONValue, indent: Int) -> String {
        switch value {
        case .array: "[]"
        case .object: "{}"
        case .string(let text): text.contains("\n") ? block(text, indent: indent) : quoted(text)
        case .null, .bool, .integer, .number: JSONWriter.text(of: value)
        }
    }

    /// A literal block, where the text can stand in one.
    private static func block(_ text: String, indent: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let fits = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isVisible }
        guard fits, let first = lines.first, !first.hasPrefix(" "), !first.isEmpty else { return doubleQuoted(text) }
        let ending = text.hasSuffix("\n\n") ? "+" : text.hasSuffix("\n") ? "" : "-"
        let body = (text.hasSuffix("\n") ? lines.dropLast() : lines[...]).map { line in
            line.isEmpty ? "" : String(repeating: " ", count: indent) + line
        }
        return "|\(ending)\n" + body.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        if !text.unicodeScalars.allSatisfy(\.isVisible) { return doubleQuoted(text) }
        if text.isEmpty || readsAsOtherType(text) { return "\"\(text)\"" }
        return isPlain(text) ? text : "'\(text.replacing("'", with: "''"))'"
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        if "?:,[]{}#&*!|>'\"%@` ".utf8.contains(first) || text.hasSuffix(" ") || text.hasSuffix(":") { return false }
        if text == "-" || text.hasPrefix("- ") || text.hasPrefix("---") || text == "=" || text == "<<" { return false }
        return !text.contains(": ") && !text.contains(" #")
    }

    /// YAML 1.1 words and numbers, and times, which readers may take for something else than text.
    private static func readsAsOtherType(_ text: String) -> Bool {
        let words = ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf", "+.inf"]
        if words.contains(text.lowercased()) { return true }
        guard let first = text.utf8.first, (48...57).contains(first) || "+-.".utf8.contains(first) else { return false }
        if Double(text.replacing("_", with: "")) != nil || ["0x", "0o", "0b"].contains(where: text.hasPrefix) { return true }
        return isTime(text) || isSexagesimal(text)
    }

    /// `2026-03-01`, alone or with a time of day after it.
    private static func isTime(_ text: String) -> Bool {
        let date = text.prefix { $0 != "T" && $0 != "t" && $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        return date.count == 3 && date[0].count == 4
            && date.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// `1:30`, which is ninety to YAML 1.1.
    private static func isSexagesimal(_ text: String) -> Bool {
        let parts = text.drop { $0 == "+" || $0 == "-" }.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 || $0 == 95 } }
    }

    /// JSON's strings are YAML's double-quoted ones.
    private static func doubleQuoted(_ text: String) -> String { JSONWriter.visibleText(of: .string(text)) }
}
