import Foundation
import JSON

/// One path such as `.status.conditions[?(@.type=="Ready")].status`, over one value.
///
/// What is missing gives no value rather than an error, as kubectl has it.
struct JSONPath {
    private enum Step {
        case member(String)
        case every
        case index(Int)
        case slice(Int?, Int?)
        case descendants
        /// Several at once: `['a','b']`, `[0,2]`.
        indirect case union([Step])
        indirect case filter(JSONPath, String, JSONValue)
        indirect case present(JSONPath)
    }

    private let steps: [Step]
    private let isAbsolute: Bool

    init(_ text: String) throws(CommandFailure) {
        var reader = Reader(rest: text[...], whole: text)
        isAbsolute = reader.take("$")
        if !isAbsolute { _ = reader.take("@") }
        steps = try reader.steps()
    }

    /// - Parameter root: what `$` means.
    func values(in value: JSONValue, root: JSONValue) -> [JSONValue] {
        var values = [isAbsolute ? root : value]
        for step in steps { values = values.flatMap { Self.apply(step, to: $0, root) } }
        return values
    }

    private static func apply(_ step: Step, to value: JSONValue, _ root: JSONValue) -> [JSONValue] {
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .every: return value.arrayValue ?? value.objectValue?.map(\.value) ?? []
        case .index(let index):
            let array = value.arrayValue ?? []
            let position = index < 0 ? array.count + index : index
            return array.indices.contains(position) ? [array[position]] : []
        case .slice(let from, let to):
            let array = value.arrayValue ?? []
            let bounds = [from ?? 0, to ?? array.count].map { min(max($0 < 0 ? array.count + $0 : $0, 0), array.count) }
            return bounds[0] < bounds[1] ? Array(array[bounds[0]..<bounds[1]]) : []
        case .descendants:
            let children = value.arrayValue ?? value.objectValue?.map(\.value) ?? []
            return [value] + children.flatMap { apply(.descendants, to: $0, root) }
        case .union(let steps): return steps.flatMap { apply($0, to: value, root) }
        case .filter(let path, let comparison, let wanted):
            return (value.arrayValue ?? []).filter { element in
                path.values(in: element, root: root).contains { compares($0, comparison, wanted) }
            }
        case .present(let path): return (value.arrayValue ?? []).filter { !path.values(in: $0, root: root).isEmpty }
        }
    }

    private static func compares(_ left: JSONValue, _ comparison: String, _ right: JSONValue) -> Bool {
        switch comparison {
        case "==": return left == right
        case "!=": return left != right
        default:
            guard let order = order(left, right) else { return false }
            return switch comparison {
            case "<": order < 0
            case "<=": order <= 0
            case ">": order > 0
            default: order >= 0
            }
        }
    }

    private static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        if let left = left.stringValue, let right = right.stringValue { return left < right ? -1 : left == right ? 0 : 1 }
        if let left = left.integerValue, let right = right.integerValue { return left < right ? -1 : left == right ? 0 : 1 }
        return nil
    }
}

// MARK: - Reading

extension JSONPath {
    private struct Reader {
        var rest: Substring
        let whole: String

        mutating func take(_ text: String) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }

        mutating func steps() throws(CommandFailure) -> [Step] {
            var steps: [Step] = []
            while !rest.isEmpty {
                if take("..") {
                    steps.append(.descendants)
                    if !rest.hasPrefix("["), !rest.isEmpty { steps.append(try member()) }
                } else if take("[") {
                    steps.append(try bracket())
                } else if take(".") {
                    if rest.isEmpty || rest.hasPrefix("[") { continue }
                    steps.append(try member())
                } else if steps.isEmpty {
                    steps.append(try member())
                } else {
                    throw failure()
                }
            }
            return steps
        }

        private func failure() -> CommandFailure { CommandFailure("jsonpath: cannot read \"\(whole)\" at \"\(rest)\"") }

        /// A name up to the next dot or bracket; a backslash takes the next character as it is.
        private mutating func member() throws(CommandFailure) -> Step {
            if take("*") { return .every }
            var name = ""
            while let character = rest.first, character != ".", character != "[" {
                rest.removeFirst()
                if character == "\\", let next = rest.first {
                    rest.removeFirst()
                    name.append(next)
                } else {
                    name.append(character)
                }
            }
            guard !name.isEmpty else { throw failure() }
            return .member(name)
        }

        private mutating func bracket() throws(CommandFailure) -> Step {
            if take("?(") { return try filter() }
            guard let close = rest.firstIndex(of: "]") else { throw failure() }
            let content = rest[..<close]
            rest = rest[rest.index(after: close)...]
            let parts = Self.parts(content)
            guard parts.count > 1 else { return try selector(String(content)) }
            return .union(try parts.map { part throws(CommandFailure) in try selector(part) })
        }

        private func selector(_ content: String) throws(CommandFailure) -> Step {
            if content == "*" { return .every }
            if let name = Self.quoted(content) { return .member(name) }
            if let index = Int(content) { return .index(index) }
            let bounds = content.split(separator: ":", omittingEmptySubsequences: false)
            guard bounds.count == 2, bounds.allSatisfy({ $0.isEmpty || Int($0) != nil }) else {
                throw CommandFailure("jsonpath: cannot read [\(content)] in \"\(whole)\"")
            }
            return .slice(Int(bounds[0]), Int(bounds[1]))
        }

        /// What commas separate, quoted ones left alone.
        private static func parts(_ content: Substring) -> [String] {
            var parts = [""]
            var quote: Character?
            for character in content {
                if quote == nil, character == "," {
                    parts.append("")
                    continue
                }
                if character == quote { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
                parts[parts.count - 1].append(character)
            }
            return parts.map { String($0[...].trimming { $0 == " " }) }
        }

        private mutating func filter() throws(CommandFailure) -> Step {
            guard let close = rest.range(of: ")]") else { throw failure() }
            let condition = String(rest[..<close.lowerBound])
            rest = rest[close.upperBound...]
            for comparison in ["==", "!=", "<=", ">=", "<", ">"] {
                guard let range = condition.range(of: comparison) else { continue }
                let left = condition[..<range.lowerBound].trimming { $0 == " " }
                let right = String(condition[range.upperBound...].trimming { $0 == " " })
                return .filter(try JSONPath(String(left)), comparison, try Self.literal(right, whole))
            }
            return .present(try JSONPath(condition))
        }

        private static func literal(_ text: String, _ whole: String) throws(CommandFailure) -> JSONValue {
            if let text = quoted(text) { return .string(text) }
            if let value = try? JSONParser.parse(text) { return value }
            throw CommandFailure("jsonpath: cannot read \(text) in \"\(whole)\"")
        }

        private static func quoted(_ text: String) -> String? {
            guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else { return nil }
            return String(text.dropFirst().dropLast())
        }
    }
}
