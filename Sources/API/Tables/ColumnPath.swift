import JSON

/// The part of JSONPath that printer columns use: `.status.conditions[?(@.type=="Available")].status`, `[0]`, `[*]`, `['key']`, `\.`.
struct ColumnPath: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case member(String)
        case index(Int)
        case all
        case filter(path: [String], equals: String)
    }

    let steps: [Step]

    /// nil if the text uses more of JSONPath than this.
    init?(_ text: String) {
        var steps: [Step] = []
        var rest = text[...]
        if rest.hasPrefix("$") { rest.removeFirst() }
        while let first = rest.first {
            guard steps.count < 32, let step = first == "[" ? Self.bracket(&rest) : Self.member(&rest) else { return nil }
            steps.append(step)
        }
        self.steps = steps
    }

    /// All values at the path, in document order.
    func values(in object: JSONValue) -> [JSONValue] {
        steps.reduce([object]) { found, step in
            found.flatMap { value -> [JSONValue] in
                switch (step, value) {
                case (.member(let name), _): value[name].map { [$0] } ?? []
                case (.index(let index), .array(let values)): values.indices.contains(index) ? [values[index]] : []
                case (.all, .array(let values)): values
                case (.all, .object(let object)): object.map(\.value)
                case (.filter(let path, let wanted), .array(let values)):
                    values.filter { element in
                        let found = path.reduce(Optional(element)) { $0?[$1] }?.stringValue
                        return found.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
                    }
                default: []
                }
            }
        }
    }

    private static func member(_ rest: inout Substring) -> Step? {
        if rest.first == "." { rest.removeFirst() }
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest.removeFirst()
            if character == "\\", let escaped = rest.popFirst() { name.append(escaped) } else { name.append(character) }
        }
        if name == "*" { return .all }
        return name.isEmpty ? nil : .member(name)
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inside == "*" { return .all }
        if let index = Int(inside), index >= 0 { return .index(index) }
        if let key = unquoted(inside) { return .member(key) }
        guard inside.hasPrefix("?(@."), inside.hasSuffix(")"), let equals = inside.firstRange(of: "==") else { return nil }
        let path = inside[..<equals.lowerBound].dropFirst(4).split(separator: ".").map { String($0).trimmingSpaces }
        let wanted = String(inside[equals.upperBound...].dropLast()).trimmingSpaces
        return unquoted(wanted[...]).map { .filter(path: path, equals: $0) }
    }

    private static func unquoted(_ text: Substring) -> String? {
        guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else { return nil }
        return String(text.dropFirst().dropLast())
    }
}
