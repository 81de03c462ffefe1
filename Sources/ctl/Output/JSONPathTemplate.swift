import JSON

/// kubectl's `-o jsonpath=` templates: text with expressions in braces, and `{range …}…{end}`.
struct JSONPathTemplate {
    private indirect enum Part {
        case text(String)
        case path(JSONPath)
        case range(JSONPath, [JSONPathTemplate.Part])
    }

    private let parts: [Part]

    init(_ template: String) throws(CommandFailure) {
        guard !template.isEmpty else { throw CommandFailure("template format specified but no template given") }
        var rest = template[...]
        parts = try Self.parts(&rest, isInRange: false)
    }

    func text(of value: JSONValue) -> String { Self.text(parts, value, value) }

    /// All that the template's paths find, in the template's order.
    func values(in value: JSONValue) -> [JSONValue] { Self.values(parts, value, value) }

    private static func values(_ parts: [Part], _ value: JSONValue, _ root: JSONValue) -> [JSONValue] {
        parts.flatMap { part -> [JSONValue] in
            switch part {
            case .text: []
            case .path(let path): path.values(in: value, root: root)
            case .range(let path, let inner): path.values(in: value, root: root).flatMap { values(inner, $0, root) }
            }
        }
    }

    private static func text(_ parts: [Part], _ value: JSONValue, _ root: JSONValue) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .path(let path): path.values(in: value, root: root).map(plain).joined(separator: " ")
            case .range(let path, let inner): path.values(in: value, root: root).map { text(inner, $0, root) }.joined()
            }
        }.joined()
    }

    private static func plain(_ value: JSONValue) -> String { value.stringValue ?? JSONWriter.text(of: value) }

    private static func parts(_ rest: inout Substring, isInRange: Bool) throws(CommandFailure) -> [Part] {
        var parts: [Part] = []
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            let expression = try expression(&rest, from: open)
            if expression == "end" {
                guard isInRange else { throw CommandFailure("jsonpath: {end} without {range}") }
                return parts
            }
            parts.append(try part(expression, &rest))
        }
        guard !isInRange else { throw CommandFailure("jsonpath: {range} without {end}") }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        rest = ""
        return parts
    }

    private static func part(_ expression: String, _ rest: inout Substring) throws(CommandFailure) -> Part {
        if let quote = expression.first, quote == "\"" || quote == "'" {
            guard expression.count >= 2, expression.last == quote else {
                throw CommandFailure("jsonpath: \(expression) is not closed")
            }
            return .text(unescaped(expression.dropFirst().dropLast()))
        }
        if expression.hasPrefix("range ") {
            let path = try JSONPath(String(expression.dropFirst(6)))
            return .range(path, try parts(&rest, isInRange: true))
        }
        return .path(try JSONPath(expression))
    }

    /// Takes what stands between the brace at `open` and the one that closes it; quoted braces do not count.
    private static func expression(_ rest: inout Substring, from open: Substring.Index) throws(CommandFailure) -> String {
        var quote: Character?
        var index = rest.index(after: open)
        let start = index
        while index < rest.endIndex {
            let character = rest[index]
            if let current = quote {
                if character == current { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "}" {
                let expression = rest[start..<index].trimming(while: { $0 == " " })
                rest = rest[rest.index(after: index)...]
                return String(expression)
            }
            index = rest.index(after: index)
        }
        throw CommandFailure("jsonpath: a brace is not closed in \(rest[open...])")
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("\\n", with: "\n").replacing("\\t", with: "\t").replacing("\\\"", with: "\"")
    }
}

extension Substring {
    func trimming(while matches: (Character) -> Bool) -> Substring {
        var text = drop(while: matches)
        while let last = text.last, matches(last) { text.removeLast() }
        return text
    }
}
