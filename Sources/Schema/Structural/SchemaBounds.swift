import JSON

/// The numbers that a schema sets for sizes and values; nil: no bound.
struct SchemaBounds: Sendable {
    let minLength: Int?
    let maxLength: Int?
    let minItems: Int?
    let maxItems: Int?
    let minProperties: Int?
    let maxProperties: Int?
    private let minimum: Double?
    private let maximum: Double?
    private let exclusiveMinimum: Bool
    private let exclusiveMaximum: Bool
    private let multipleOf: Double?

    init(_ schema: JSONValue, at path: FieldPath) throws(InvalidDefinition) {
        let integer = { (name: String) in schema[name]?.integerValue.map { Int(clamping: $0) } }
        minLength = integer("minLength")
        maxLength = integer("maxLength")
        minItems = integer("minItems")
        maxItems = integer("maxItems")
        minProperties = integer("minProperties")
        maxProperties = integer("maxProperties")
        minimum = schema["minimum"]?.doubleValue
        maximum = schema["maximum"]?.doubleValue
        exclusiveMinimum = schema["exclusiveMinimum"]?.boolValue ?? false
        exclusiveMaximum = schema["exclusiveMaximum"]?.boolValue ?? false
        multipleOf = schema["multipleOf"]?.doubleValue
        if let multipleOf, multipleOf <= 0 {
            throw InvalidDefinition("\(path): multipleOf must be greater than 0")
        }
    }

    /// What a number should be and is not, in Kubernetes' words: `greater than or equal to 1`.
    func problems(with value: JSONValue) -> [String] {
        guard let number = value.doubleValue else { return [] }
        var problems: [String] = []
        if let multipleOf, !Self.isMultiple(value, of: multipleOf) {
            problems.append("a multiple of \(Self.text(multipleOf))")
        }
        if let minimum, exclusiveMinimum ? number <= minimum : number < minimum {
            problems.append("greater than \(exclusiveMinimum ? "" : "or equal to ")\(Self.text(minimum))")
        }
        if let maximum, exclusiveMaximum ? number >= maximum : number > maximum {
            problems.append("less than \(exclusiveMaximum ? "" : "or equal to ")\(Self.text(maximum))")
        }
        return problems
    }

    private static func text(_ limit: Double) -> String { goSyntax(.number(limit)) }

    private static func isMultiple(_ value: JSONValue, of factor: Double) -> Bool {
        if case .integer(let integer) = value, let factor = Int64(exactly: factor) { return integer.isMultiple(of: factor) }
        guard let number = value.doubleValue else { return true }
        // A tenth is no sum of powers of two: 0.3 / 0.1 is not 3, but 0.3 times 10 is.
        let quotient = factor < 1 ? 1 / factor * number : number / factor
        return quotient.rounded() == quotient
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
