/// A type of the Common Expression Language, as declared for a variable and as inferred for an expression.
package indirect enum CELType: Hashable, Sendable {
    /// Anything; what it really is shows only at run time.
    case dyn
    /// Anything, but a macro refuses to iterate over it before it went through `dyn()`.
    case any
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    case list(CELType)
    case map(CELType, CELType)
    case optional(CELType)
    /// The type of a type; nil when it is not known which.
    case type(CELType?)
    /// A number, text or bool that may be null.
    case wrapper(CELType)
    /// A map with known members; selecting another one is a compile error.
    case object(CELObjectType)
    /// A library's own type.
    case opaque(String)
    /// A type parameter in a function's signature.
    case parameter(String)
    /// A type still to be inferred.
    case variable(Int)
    /// The type of what could not be checked; it agrees with everything, so that one mistake is reported once.
    case error
}

/// A map with known members, as a structural schema declares it.
package struct CELObjectType: Hashable, Sendable {
    package let name: String
    package let fields: [String: CELType]

    package init(name: String, fields: [String: CELType]) {
        self.name = name
        self.fields = fields
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CELType: CustomStringConvertible {
    /// The type as CEL's own messages write it.
    package var description: String {
        switch self {
        case .dyn: "dyn"
        case .any: "any"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let value): "optional_type(\(value))"
        case .type(let type): type.map { "type(\($0))" } ?? "type"
        case .wrapper(let type): "wrapper(\(type))"
        case .object(let type): type.name
        case .opaque(let name): name
        case .parameter(let name): name
        case .variable(let number): "_var\(number)"
        case .error: "!error!"
        }
    }

    /// The name that a type has as a value; two types with the same name are equal at run time.
    package var runtimeName: String {
        switch self {
        case .list: "list"
        case .map: "map"
        case .optional: "optional_type"
        case .type: "type"
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .any: "google.protobuf.Any"
        default: description
        }
    }

    // The libraries' own types.
    static let url = CELType.opaque("kubernetes.URL")
    static let ip = CELType.opaque("net.IP")
    static let cidr = CELType.opaque("net.CIDR")
    static let quantity = CELType.opaque("kubernetes.Quantity")
    static let semver = CELType.opaque("kubernetes.Semver")
    static let format = CELType.opaque("kubernetes.NamedFormat")
}
