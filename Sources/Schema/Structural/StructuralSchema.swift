import CEL
import JSON

/// What values of one place in an object may look like: the structural part of OpenAPI v3 that Kubernetes accepts for resources.
///
/// Made once from a definition and never changed; a class only because schemas contain schemas.
final class StructuralSchema: Sendable {
    enum ValueType: String, Sendable {
        case object, array, string, integer, number, boolean
    }

    /// How the items of a list are told apart.
    enum ListType: Sendable, Hashable {
        /// The list is one value.
        case atomic
        /// No item occurs twice.
        case set
        /// Items are objects; no two agree in all of the keys.
        case map(keys: [String])

        /// Whether an item can be paired with the stored one that it replaces.
        var tellsItemsApart: Bool { if case .map = self { true } else { false } }
    }

    /// nil only where `isIntOrString` or `preservesUnknownFields` says what is accepted instead.
    let type: ValueType?
    let properties: [String: StructuralSchema]
    let required: [String]
    /// The schema of all members of a map.
    let additionalProperties: StructuralSchema?
    let items: StructuralSchema?
    let enumeration: [JSONValue]
    let bounds: SchemaBounds
    let pattern: SchemaPattern?
    let format: SchemaFormat?
    let isNullable: Bool
    let defaultValue: JSONValue?
    let preservesUnknownFields: Bool
    let isIntOrString: Bool
    let listType: ListType
    /// `x-postern-empty-is-omitted`: an empty string is taken as if the field were not there.
    let emptyIsOmitted: Bool
    /// `x-postern-sensitive`: values never appear in messages.
    let isSensitive: Bool
    let rules: [SchemaRule]
    /// Whether there are rules here or anywhere below.
    let hasRulesInside: Bool
    /// What `self` is to the rules.
    let celType: CELType

    /// Throws `InvalidDefinition` for anything this engine would silently ignore.
    ///
    /// - Parameter isCorrelatable: false inside a list whose items cannot be paired with stored ones.
    init(
        _ value: JSONValue,
        at path: FieldPath,
        isRoot: Bool = false,
        isCorrelatable: Bool = true
    ) throws(InvalidDefinition) {
        guard let object = value.objectValue else { throw InvalidDefinition("\(path): a schema must be an object") }
        if let unknown = object.names.first(where: { !Self.knownKeywords.contains($0) }) {
            throw InvalidDefinition("\(path): the keyword \(unknown) is not supported")
        }
        isNullable = object["nullable"]?.boolValue ?? false
        preservesUnknownFields = object["x-kubernetes-preserve-unknown-fields"]?.boolValue ?? false
        isIntOrString = object["x-kubernetes-int-or-string"]?.boolValue ?? false
        emptyIsOmitted = object["x-postern-empty-is-omitted"]?.boolValue ?? false
        isSensitive = object["x-postern-sensitive"]?.boolValue ?? false
        defaultValue = object["default"]
        enumeration = object["enum"]?.arrayValue ?? []
        required = object["required"].stringValues
        bounds = try SchemaBounds(value, at: path)
        type = try Self.type(of: object, mayBeMissing: isIntOrString || preservesUnknownFields, at: path)
        listType = try Self.listType(of: object, at: path)
        try Self.checkMapType(of: object, at: path)
        properties = try Self.properties(of: object, isCorrelatable, at: path)
        additionalProperties = try Self.child("additionalProperties", of: object, isCorrelatable, at: path)
        items = try Self.child("items", of: object, isCorrelatable && listType.tellsItemsApart, at: path)
        pattern = try object["pattern"]?.stringValue.map { pattern throws(InvalidDefinition) in
            try SchemaPattern(pattern, at: path)
        }
        format = try Self.format(of: object, type, at: path)
        celType =
            isRoot
            ? .object(CELObjectType(name: "object", fields: Self.rootFields(properties)))
            : Self.celType(
                type,
                format?.kind,
                properties: properties,
                additionalProperties: additionalProperties,
                items: items,
                preservesUnknownFields: preservesUnknownFields,
                at: path
            )
        rules = try SchemaRule.compile(
            object["x-kubernetes-validations"]?.arrayValue ?? [],
            type: celType,
            isCorrelatable: isCorrelatable,
            at: path
        )
        let children = Array(properties.values) + [additionalProperties, items].compactMap(\.self)
        hasRulesInside = !rules.isEmpty || children.contains(where: \.hasRulesInside)
        try checkRulePaths(at: path)
        try checkDefault(at: path)
    }

    /// The schema of one member of an object.
    func member(_ name: String) -> StructuralSchema? { properties[name] ?? additionalProperties }

    /// How a path names a member: a field of a structure or a key of a map.
    func path(to name: String, from path: FieldPath) -> FieldPath {
        properties[name] == nil && additionalProperties != nil ? path[key: name] : path[name]
    }
}

// MARK: - Reading the parts

extension StructuralSchema {
    private static let knownKeywords: Set<String> = [
        "type", "description", "title", "example", "properties", "required", "additionalProperties", "items", "enum", "format",
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern",
        "nullable", "default", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations", "x-kubernetes-patch-merge-key",
        "x-kubernetes-patch-strategy", "x-postern-empty-is-omitted", "x-postern-sensitive",
    ]

    private static func type(
        of object: JSONObject,
        mayBeMissing: Bool,
        at path: FieldPath
    ) throws(InvalidDefinition) -> ValueType? {
        guard let name = object["type"]?.stringValue else {
            guard mayBeMissing else { throw InvalidDefinition("\(path): the type is missing") }
            return nil
        }
        guard let type = ValueType(rawValue: name) else {
            throw InvalidDefinition("\(path): the type \(name) is not supported")
        }
        return type
    }

    private static func properties(
        of object: JSONObject,
        _ isCorrelatable: Bool,
        at path: FieldPath
    ) throws(InvalidDefinition) -> [String: StructuralSchema] {
        var result: [String: StructuralSchema] = [:]
        for (name, value) in object["properties"]?.objectValue ?? JSONObject() {
            result[name] = try StructuralSchema(value, at: path[name], isCorrelatable: isCorrelatable)
        }
        return result
    }

    private static func child(
        _ keyword: String,
        of object: JSONObject,
        _ isCorrelatable: Bool,
        at path: FieldPath
    ) throws(InvalidDefinition) -> StructuralSchema? {
        guard let value = object[keyword] else { return nil }
        return try StructuralSchema(value, at: path[key: "*"], isCorrelatable: isCorrelatable)
    }

    private static func listType(of object: JSONObject, at path: FieldPath) throws(InvalidDefinition) -> ListType {
        switch object["x-kubernetes-list-type"]?.stringValue {
        case nil, "atomic": return .atomic
        case "set": return .set
        case "map":
            let keys = object["x-kubernetes-list-map-keys"].stringValues
            guard !keys.isEmpty else { throw InvalidDefinition("\(path): a list of type map needs keys") }
            return .map(keys: keys)
        case let other?: throw InvalidDefinition("\(path): the list type \(other) is not supported")
        }
    }

    private static func format(
        of object: JSONObject,
        _ type: ValueType?,
        at path: FieldPath
    ) throws(InvalidDefinition) -> SchemaFormat? {
        guard let name = object["format"]?.stringValue else { return nil }
        return try SchemaFormat.read(name, of: type, at: path)
    }

    /// An atomic map is one value to server-side apply; to validation there is no difference.
    private static func checkMapType(of object: JSONObject, at path: FieldPath) throws(InvalidDefinition) {
        let name = object["x-kubernetes-map-type"]?.stringValue
        guard let name, !["granular", "atomic"].contains(name) else { return }
        throw InvalidDefinition("\(path): the map type \(name) is not supported")
    }
}

// MARK: - Checking the whole

extension StructuralSchema {
    private func checkRulePaths(at path: FieldPath) throws(InvalidDefinition) {
        for rule in rules {
            let found = rule.fieldPath.reduce(self as StructuralSchema?) { $0?.member($1) }
            guard found != nil else {
                throw InvalidDefinition("\(path): the field path \(rule.fieldPath.joined(separator: ".")) leads nowhere")
            }
        }
    }

    /// A default that is refused where it is filled in would blame a person for what they did not write.
    private func checkDefault(at path: FieldPath) throws(InvalidDefinition) {
        guard let defaultValue else { return }
        var structure = StructuralValidator()
        structure.validate(applyingDefaults(defaultValue), old: nil, self, at: path)
        guard let issue = structure.issues.first else { return }
        throw InvalidDefinition("\(path): the default: \(issue)")
    }
}
