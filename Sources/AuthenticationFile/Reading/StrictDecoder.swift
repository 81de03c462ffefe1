import JSON
import Schema

/// Reads fields of known names and types, and notes every other name and type. null stands for an absent field, as Kubernetes reads it.
struct StrictDecoder {
    typealias Problem = InvalidConfiguration.Problem

    private(set) var problems: [Problem] = []

    /// One object while its fields are read.
    struct Fields {
        let object: JSONObject
        let path: FieldPath

        subscript(name: String) -> JSONValue? {
            guard let value = object[name], !value.isNull else { return nil }
            return value
        }
    }

    /// The object at a path; an absent one reads as one without fields.
    mutating func fields(_ value: JSONValue?, at path: FieldPath, _ known: [String]) -> Fields {
        guard let value, !value.isNull else { return Fields(object: [:], path: path) }
        guard let object = value.objectValue else {
            note(value, at: path, expected: "an object")
            return Fields(object: [:], path: path)
        }
        for name in object.names where !known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            problems.append(.unknownField(path[name], suggestion: nearestName(to: name, among: known)))
        }
        return Fields(object: object, path: path)
    }

    mutating func text(_ fields: Fields, _ name: String) -> String { optionalText(fields, name) ?? "" }

    mutating func optionalText(_ fields: Fields, _ name: String) -> String? {
        fields[name].flatMap { text($0, at: fields.path[name]) }
    }

    mutating func texts(_ fields: Fields, _ name: String) -> [String] {
        list(fields, name) { decoder, value, path in value.isNull ? "" : decoder.text(value, at: path) ?? "" }
    }

    mutating func flag(_ fields: Fields, _ name: String) -> Bool {
        guard let value = fields[name] else { return false }
        if let flag = value.boolValue { return flag }
        note(value, at: fields.path[name], expected: "true or false")
        return false
    }

    mutating func list<Element>(
        _ fields: Fields,
        _ name: String,
        _ element: (inout StrictDecoder, JSONValue, FieldPath) -> Element
    ) -> [Element] {
        guard let value = fields[name] else { return [] }
        guard let values = value.arrayValue else {
            note(value, at: fields.path[name], expected: "a list")
            return []
        }
        return values.enumerated().map { index, value in element(&self, value, fields.path[name][index]) }
    }

    mutating func note(_ problem: Problem) { problems.append(problem) }

    private mutating func text(_ value: JSONValue, at path: FieldPath) -> String? {
        if let text = value.stringValue { return text }
        note(value, at: path, expected: "a string")
        return nil
    }

    private mutating func note(_ value: JSONValue, at path: FieldPath, expected: String) {
        problems.append(.wrongType(path, expected: expected, found: value.kindInWords))
    }
}

extension JSONValue {
    fileprivate var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool(let value): "the boolean \(value)"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
