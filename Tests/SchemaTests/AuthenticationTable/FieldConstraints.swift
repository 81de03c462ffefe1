import JSON

@testable import Schema

/// What the schema says of one field of Authentication, and the rows that follow from it.
struct FieldConstraints: Sendable {
    enum Size: Sendable { case length(Int?, Int?), items(Int?, Int?) }

    let path: String
    let type: String
    var isRequired = false
    var size: Size?
    var values: [String] = []
    /// Two texts that do not match it.
    var pattern: (text: String, misfits: [String])?
    var isDateTime = false
    var isCount = false
    var context: [(String, JSONValue?)] = []
    /// What rules say of an empty text besides: the value they show, and their words.
    var saysOfEmpty: [String] = []
    /// What is said of a row by its name when the invalid value stays.
    var saysOfUnchanged: [String: [String]] = [:]
    /// A value with so many characters or items that nothing else is wrong with; nil: any will do.
    var filled: (@Sendable (Int) -> JSONValue)?

    private var place: String { TableRow.place(of: path) }

    /// What stands there when nothing is wrong.
    private var good: JSONValue? {
        var object = TableRow.everything
        for (path, value) in context { object.set(path, value) }
        return object.value(atSteps: path)
    }

    private func row(_ name: String, _ bad: JSONValue?, _ says: [String], _ other: JSONValue?, _ saysOfOther: [String])
        -> TableRow
    {
        TableRow(
            name: "\(place) \(name)",
            path: path,
            context: context,
            good: good,
            bad: bad,
            says: says,
            other: other,
            saysOfOther: saysOfOther,
            saysOfUnchanged: saysOfUnchanged[name] ?? []
        )
    }

    var rows: [TableRow] {
        var rows = [typeRow]
        if isRequired {
            rows.append(row("must be there", nil, ["\(place): Required value"], wrongType.0, saysOfType(wrongType.0)))
        }
        if !values.isEmpty {
            let says = { (value: String) in ["\(place): \(unsupported("\"\(value)\""))"] }
            rows.append(row("is one of a few", "Other", says("Other"), "Another", says("Another")))
        }
        if let pattern {
            let says = { (text: String) in
                ["\(place): Invalid value: \"\(text)\": \(place) in body should match '\(pattern.text)'"]
            }
            let (first, second) = (pattern.misfits[0], pattern.misfits[1])
            rows.append(row("matches a pattern", .string(first), says(first), .string(second), says(second)))
        }
        if isDateTime { rows.append(dateTimeRow) }
        if isCount {
            let says = { (value: Int) in
                ["\(place): Invalid value: \(value): \(place) in body should be greater than or equal to 0"]
            }
            rows.append(row("is not negative", -1, says(-1), -2, says(-2)))
        }
        return rows + sizeRows
    }

    private var typeRow: TableRow {
        let (first, second) = wrongType
        return row("must be of type \(type)", first, saysOfType(first), second, saysOfType(second))
    }

    private var dateTimeRow: TableRow {
        let says = { (text: String) in
            ["\(place): Invalid value: \"\(text)\": \(place) in body must be of type date-time: \"\(text)\""]
        }
        return row("is a time", "yesterday", says("yesterday"), "2025-02-30T00:00:00Z", says("2025-02-30T00:00:00Z"))
    }

    private var sizeRows: [TableRow] {
        switch size {
        case nil: []
        case .length(let least, let most):
            (least == nil ? [] : [shortRow]) + (most.map { [longRow($0)] } ?? [])
        case .items(let least, let most):
            (least == nil ? [] : [fewRow]) + (most.map { [manyRow($0)] } ?? [])
        }
    }

    private var shortRow: TableRow {
        let says = ["\(place): Invalid value: \"\": \(place) in body should be at least 1 chars long"]
        let misfit = pattern.map { ["\(place): Invalid value: \"\": \(place) in body should match '\($0.text)'"] } ?? []
        return row("is not empty", "", says + misfit + saysOfEmpty, wrongType.0, saysOfType(wrongType.0))
    }

    private func longRow(_ most: Int) -> TableRow {
        let text = filled ?? { .string(String(repeating: "x", count: $0)) }
        let says = ["\(place): Too long: may not be more than \(most) bytes"]
        return TableRow(
            name: "\(place) has at most \(most) characters",
            path: path,
            context: context,
            good: text(most),
            bad: text(most + 1),
            says: says,
            other: text(most + 2),
            saysOfOther: says
        )
    }

    private var fewRow: TableRow {
        let says = ["\(place): Invalid value: 0: \(place) in body should have at least 1 items"]
        return row("is not empty", [], says, wrongType.0, saysOfType(wrongType.0))
    }

    private func manyRow(_ most: Int) -> TableRow {
        let items = filled ?? { .array((0..<$0).map { .string("x\($0)") }) }
        let says = { (count: Int) in ["\(place): Too many: \(count): must have at most \(most) items"] }
        return TableRow(
            name: "\(place) has at most \(most) items",
            path: path,
            context: context,
            good: items(most),
            bad: items(most + 1),
            says: says(most + 1),
            other: items(most + 2),
            saysOfOther: says(most + 2)
        )
    }

    // MARK: - Values of other types

    private var wrongType: (JSONValue, JSONValue) {
        switch type {
        case "object": ("text", true)
        case "array": ("text", [:])
        case "string": (true, [])
        default: ("text", 1.5)
        }
    }

    private func saysOfType(_ value: JSONValue) -> [String] {
        let (name, shown) =
            switch value {
            case .bool(let value): ("boolean", "\(value)")
            case .array: ("array", "[]interface {}{}")
            case .object: ("object", "map[string]interface {}{}")
            case .number: ("number", "1.5")
            default: ("string", "\"text\"")
            }
        let type = "\(place): Invalid value: \"\(name)\": \(place) in body must be of type \(type): \"\(name)\""
        return [type] + (values.isEmpty ? [] : ["\(place): \(unsupported(shown))"])
    }

    private func unsupported(_ value: String) -> String {
        "Unsupported value: \(value): supported values: " + values.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}

extension JSONValue {
    /// The value at a path as `set` takes it.
    func value(atSteps path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self as JSONValue?) { value, step in
            if let index = Int(step), let values = value?.arrayValue { return index < values.count ? values[index] : nil }
            return value?[String(step)]
        }
    }
}
