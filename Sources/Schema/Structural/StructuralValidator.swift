import JSON

/// Holds a value against a schema and collects everything that is wrong. CEL rules are `RuleValidator`'s.
///
/// On an update a place whose value has not changed is not complained about, nor is anything inside it (ratcheting), so
/// a stricter schema never locks people out of objects that are already stored.
struct StructuralValidator {
    private(set) var issues: [FieldIssue] = []

    mutating func validate(_ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema, at path: FieldPath) {
        if let old, old == value { return }
        if value.isNull, schema.isNullable { return }
        guard schema.accepts(typeOf: value) else {
            issues.append(.typeInvalid(path, expected: schema.typeName, found: value.schemaTypeName))
            return
        }
        if !schema.enumeration.isEmpty, !schema.enumeration.contains(value) {
            issues.append(.notSupported(path, shown(value, schema), supported: schema.enumeration))
        }
        if let format = schema.format, !format.accepts(value) {
            let detail = "\(path) in body must be of type \(format.rawValue): \(goSyntax(shown(value, schema)))"
            issues.append(.invalid(path, shown(value, schema), detail))
        }
        switch value {
        case .string(let text): validate(text, schema, at: path)
        case .integer, .number: validateRange(value, schema, at: path)
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
        if let limit = schema.bounds.maxLength, length > limit { issues.append(.tooLong(path, limit: limit)) }
        if let least = schema.bounds.minLength, length < least {
            issues.append(
                .invalid(path, shown(.string(text), schema), "\(path) in body should be at least \(least) chars long")
            )
        }
        if let pattern = schema.pattern, !pattern.matches(text) {
            issues.append(.invalid(path, shown(.string(text), schema), "\(path) in body should match '\(pattern.text)'"))
        }
    }

    private mutating func validateRange(_ value: JSONValue, _ schema: StructuralSchema, at path: FieldPath) {
        guard let number = value.doubleValue else { return }
        if let least = schema.bounds.minimum, number < least {
            let limit = goSyntax(.number(least))
            issues.append(.invalid(path, value, "\(path) in body should be greater than or equal to \(limit)"))
        }
        if let most = schema.bounds.maximum, number > most {
            let limit = goSyntax(.number(most))
            issues.append(.invalid(path, value, "\(path) in body should be less than or equal to \(limit)"))
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
        validateUniqueness(of: values, schema, at: path)
        guard let items = schema.items else { return }
        let counterparts = ListCounterparts(old: old, schema)
        for (index, value) in values.enumerated() {
            validate(value, old: counterparts.find(value), items, at: path[index])
        }
    }

    private mutating func validateUniqueness(of values: [JSONValue], _ schema: StructuralSchema, at path: FieldPath) {
        var seen: Set<JSONValue> = []
        for (index, value) in values.enumerated() {
            let identity: JSONValue
            switch schema.listType {
            case .atomic: return
            case .set: identity = value
            case .map(let keys):
                guard let key = value.key(keys) else { continue }
                identity = key
            }
            if !seen.insert(identity).inserted { issues.append(.duplicate(path[index], shown(identity, schema))) }
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

/// Finds the old item that a new item of a list replaces: only lists of type map know which one that is.
struct ListCounterparts {
    private let keys: [String]
    private let byKey: [JSONValue: JSONValue]

    init(old: [JSONValue]?, _ schema: StructuralSchema) {
        guard let old, case .map(let keys) = schema.listType else {
            self.keys = []
            byKey = [:]
            return
        }
        self.keys = keys
        byKey = Dictionary(old.compactMap { item in item.key(keys).map { ($0, item) } }) { first, _ in first }
    }

    func find(_ item: JSONValue) -> JSONValue? {
        guard !byKey.isEmpty, let key = item.key(keys) else { return nil }
        return byKey[key]
    }
}

extension JSONValue {
    /// The members that identify an item of a list of type map; nil when this is not an object. Absent keys are left out.
    fileprivate func key(_ names: [String]) -> JSONValue? {
        guard let object = objectValue else { return nil }
        return .object(JSONObject(names.compactMap { name in object[name].map { (name, $0) } }))
    }

    fileprivate var schemaTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number(let value): Int64(exactly: value) == nil ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension StructuralSchema {
    fileprivate var typeName: String { isIntOrString ? "integer or string" : type?.rawValue ?? "any" }

    fileprivate func accepts(typeOf value: JSONValue) -> Bool {
        let name = value.schemaTypeName
        if isIntOrString { return name == "integer" || name == "string" }
        guard let type else { return true }
        return name == type.rawValue || (type == .number && name == "integer")
    }
}
