import CEL
import JSON

// How values of a schema look to rules: their types and the values themselves. Members keep their names; a rule that cannot write
// one as an identifier escapes it, and the expression engine takes that back.

extension StructuralSchema {
    /// The type that rules see.
    static func celType(
        _ type: ValueType?,
        _ format: SchemaFormat.Kind?,
        properties: [String: StructuralSchema],
        additionalProperties: StructuralSchema?,
        items: StructuralSchema?,
        preservesUnknownFields: Bool,
        at path: FieldPath
    ) -> CELType {
        switch type {
        case nil: return .dyn
        case .boolean: return .bool
        case .integer: return .int
        case .number: return .double
        case .string:
            return switch format {
            case .dateTime, .date: .timestamp
            case .duration: .duration
            case .bytes: .bytes
            default: .string
            }
        case .array: return .list(items?.memberType ?? .dyn)
        case .object:
            if let additionalProperties { return .map(.string, additionalProperties.memberType) }
            if preservesUnknownFields { return .dyn }
            let fields = properties.map { ($0.key, $0.value.memberType) }
            return .object(CELObjectType(name: "object(\(path))", fields: Dictionary(fields) { first, _ in first }))
        }
    }

    /// Of `metadata` rules see the name only.
    static func rootFields(_ properties: [String: StructuralSchema]) -> [String: CELType] {
        var fields = Dictionary(properties.map { ($0.key, $0.value.memberType) }) { first, _ in first }
        fields["metadata"] = .object(
            CELObjectType(name: "object(metadata)", fields: ["name": .string, "generateName": .string])
        )
        return fields
    }

    private var memberType: CELType { isNullable ? .dyn : celType }

    /// A value as rules see it: members that the schema does not name are not there.
    func celValue(_ value: JSONValue) -> CELValue {
        switch value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return type == .number ? .double(Double(value)) : .int(value)
        case .number(let value):
            return type == .integer ? Int64(exactly: value).map { .int($0) } ?? .double(value) : .double(value)
        case .string(let text): return celValue(text)
        case .array(let values): return .list(values.map { items?.celValue($0) ?? untyped($0) })
        case .object(let object):
            return .object(
                object.compactMap { name, value in
                    if let schema = properties[name] { return (name, schema.celValue(value)) }
                    if let additionalProperties { return (name, additionalProperties.celValue(value)) }
                    return preservesUnknownFields || type == nil ? (name, untyped(value)) : nil
                }
            )
        }
    }

    private func celValue(_ text: String) -> CELValue {
        switch format?.kind {
        case .dateTime: moment(Timestamp.seconds(of: text)) ?? .string(text)
        case .date: moment(SchemaFormat.startOfDay(text)) ?? .string(text)
        case .duration: GoDuration.nanoseconds(of: text).map { .duration(CELDuration(nanoseconds: $0)) } ?? .string(text)
        case .bytes: SchemaFormat.bytes(of: text).map { .bytes($0) } ?? .string(text)
        default: .string(text)
        }
    }

    private func moment(_ seconds: Int64?) -> CELValue? {
        seconds.flatMap { CELTimestamp(seconds: $0) }.map { .timestamp($0) }
    }

    private func untyped(_ value: JSONValue) -> CELValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .string(let text): .string(text)
        case .array(let values): .list(values.map(untyped))
        case .object(let object): .object(object.map { ($0.name, untyped($0.value)) })
        }
    }
}
