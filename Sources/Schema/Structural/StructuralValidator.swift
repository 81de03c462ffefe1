import JSON

/// Holds a value against a schema and collects everything that is wrong. Repetitions in lists are `ListTypeValidator`'s, CEL rules
/// `RuleValidator`'s.
///
/// On an update a place whose value has not changed is not complained about, nor is anything inside it (ratcheting), so
/// a stricter schema never locks people out of objects that are already stored.
struct StructuralValidator {
    private(set) var issues: [FieldIssue] = []

    mutating func validate(_ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema, at path: FieldPath) {
        if let old, schema.isSame(value, as: old) { return }
        let fitsType = (value.isNull && schema.isNullable) || schema.accepts(typeOf: value)
        if !fitsType {
            issues.append(.typeInvalid(path, expected: schema.typeName, found: value.schemaTypeName))
        }
        if !schema.enumeration.isEmpty, !schema.enumeration.contains(value) {
            issues.append(.notSupported(path, shown(value, schema), supported: schema.enumeration))
        }
        guard fitsType else { return }
        switch value {
        case .string(let text): validate(text, schema, at: path)
        case .integer, .number: validateNumber(value, schema, at: path)
        case .array(let values): validate(values, old: old?.arrayValue, schema, at: path)
        case .object(let object): validate(object, old: old?.objectValue, schema, at: path)
        case .bool, .null: break
        }
    }

    private func shown(_ value: JSONValue, _ schema: StructuralSchema) -> JSONValue {
        schema.isSensitive ? .string("<redacted>") : value
    }

    private mutating func validate(_ text: String, _ schema: StructuralSchema, at path: FieldPath) {
        let length = text.unicodeScalars.count
        let value = shown(.string(text), schema)
        if let limit = schema.bounds.maxLength, length > limit { issues.append(.tooLong(path, limit: limit)) }
        if let least = schema.bounds.minLength, length < least {
            issues.append(.invalid(path, value, "\(path) in body should be at least \(least) chars long"))
        }
        if let pattern = schema.pattern, !pattern.matches(text) {
            issues.append(.invalid(path, value, "\(path) in body should match '\(pattern.text)'"))
        }
        if let format = schema.format, !format.accepts(text) {
            issues.append(.malformed(path, value, format: format.name))
        }
    }

    private mutating func validateNumber(_ value: JSONValue, _ schema: StructuralSchema, at path: FieldPath) {
        if let format = schema.format, !format.accepts(number: value) {
            let type = schema.type?.rawValue ?? "number"
            issues.append(.invalid(path, value, "Checked value must be of type \(type) with format \(format.name) in \(path)"))
        }
        for problem in schema.bounds.problems(with: value) {
            issues.append(.invalid(path, value, "\(path) in body should be \(problem)"))
        }
    }

    private mutating func validate(
        _ values: [JSONValue],
        old: [JSONValue]?,
        _ schema: StructuralSchema,
        at path: FieldPath
    ) {
        if let limit = schema.bounds.maxItems, values.count > limit {
            issues.append(.tooMany(path, count: values.count, limit: limit))
        }
        if let least = schema.bounds.minItems, values.count < least {
            let detail = "\(path) in body should have at least \(least) items"
            issues.append(.invalid(path, .integer(Int64(values.count)), detail))
        }
        guard let items = schema.items else { return }
        let counterparts = ListCounterparts(old: old, schema)
        for (index, value) in values.enumerated() {
            validate(value, old: counterparts.find(value), items, at: path[index])
        }
    }

    private mutating func validate(
        _ object: JSONObject,
        old: JSONObject?,
        _ schema: StructuralSchema,
        at path: FieldPath
    ) {
        for name in schema.required where object[name] == nil { issues.append(.required(path[name])) }
        if let limit = schema.bounds.maxProperties, object.count > limit {
            issues.append(.tooMany(path, count: object.count, limit: limit))
        }
        if let least = schema.bounds.minProperties, object.count < least {
            let detail = "\(path) in body should have at least \(least) properties"
            issues.append(.invalid(path, .integer(Int64(object.count)), detail))
        }
        for (name, value) in object {
            guard let member = schema.member(name) else { continue }
            validate(value, old: old?[name], member, at: schema.path(to: name, from: path))
        }
    }
}

extension JSONValue {
    fileprivate var schemaTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number(let value): value.isExactInteger ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension Double {
    /// Whether this is a whole number small enough for a double to tell it from its neighbours; larger ones may have been rounded.
    fileprivate var isExactInteger: Bool { magnitude < 0x1p53 && rounded() == self }
}

extension StructuralSchema {
    fileprivate var typeName: String { isIntOrString ? "integer,string" : type?.rawValue ?? "any" }

    fileprivate func accepts(typeOf value: JSONValue) -> Bool {
        let name = value.schemaTypeName
        if isIntOrString { return name == "integer" || name == "string" }
        guard let type else { return true }
        return name == type.rawValue || (type == .number && name == "integer")
    }
}
