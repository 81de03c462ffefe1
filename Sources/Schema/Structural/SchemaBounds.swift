import JSON

/// The numbers that a schema sets for sizes and values; nil: no bound.
struct SchemaBounds: Sendable {
    let minLength: Int?
    let maxLength: Int?
    let minItems: Int?
    let maxItems: Int?
    let minProperties: Int?
    let maxProperties: Int?
    let minimum: Double?
    let maximum: Double?

    init(_ schema: JSONValue) {
        let integer = { (name: String) in schema[name]?.integerValue.map { Int(clamping: $0) } }
        minLength = integer("minLength")
        maxLength = integer("maxLength")
        minItems = integer("minItems")
        maxItems = integer("maxItems")
        minProperties = integer("minProperties")
        maxProperties = integer("maxProperties")
        minimum = schema["minimum"]?.doubleValue
        maximum = schema["maximum"]?.doubleValue
    }
}

extension JSONValue {
    /// An integer or another number, as a double.
    var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
