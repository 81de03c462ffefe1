import Foundation
import JSON

/// A `format` that narrows a type. Kubernetes checks those that it knows for the type, and takes all others for remarks to people.
struct SchemaFormat: Sendable {
    /// What is checked, and what a rule sees in place of the text.
    enum Kind: Sendable {
        case dateTime, date, duration, bytes
        case int32, int64, float, double
        case text(SchemaPredicate)
    }

    /// As the definition writes it: error texts repeat it.
    let name: String
    let kind: Kind

    /// nil where nothing is to be checked.
    static func read(
        _ name: String,
        of type: StructuralSchema.ValueType?,
        at path: FieldPath
    ) throws(InvalidDefinition) -> SchemaFormat? {
        let kind: Kind? =
            switch type {
            case .integer: ["int32": Kind.int32, "int64": .int64][name]
            case .number: ["float": Kind.float, "double": .double][name]
            case .string, nil: try textKind(name.replacing("-", with: ""), at: path)
            case .object, .array, .boolean: nil
            }
        return kind.map { SchemaFormat(name: name, kind: $0) }
    }

    private static func textKind(_ name: String, at path: FieldPath) throws(InvalidDefinition) -> Kind? {
        switch name {
        case "datetime": return .dateTime
        case "date": return .date
        case "duration": return .duration
        case "byte": return .bytes
        default: break
        }
        // Kubernetes checks these; what is not checked here must not look as if it were.
        if ["bsonobjectid", "creditcard", "email", "isbn", "isbn10", "isbn13", "rgbcolor", "ssn"].contains(name) {
            throw InvalidDefinition("\(path): the format \(name) is not supported")
        }
        return try expressions[name].map { expression throws(InvalidDefinition) in
            .text(try SchemaPredicate(expression, at: path))
        }
    }

    /// `password` is any text, so it is not here.
    private static let expressions = [
        "cidr": "isCIDR(self)",
        "hexcolor": "self.matches('^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$')",
        "hostname":
            "size(self) <= 255 && self.matches('^([a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)([.][a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)*$')",
        "ipv4": "isIP(self) && ip(self).family() == 4",
        "ipv6": "isIP(self) && ip(self).family() == 6",
        "k8slongname":
            "size(self) <= 253 && self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
        "k8sshortname": "size(self) <= 63 && self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
        "mac":
            "self.matches('^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$|^[0-9a-fA-F]{2}(-[0-9a-fA-F]{2}){5}$|^[0-9a-fA-F]{4}([.][0-9a-fA-F]{4}){2}$')",
        "quantity": "isQuantity(self)",
        "uri": "isURL(self)",
        "uuid": "self.matches('(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$')",
        "uuid3": "self.matches('(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$')",
        "uuid4": "self.matches('(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$')",
        "uuid5": "self.matches('(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$')",
    ]
}

extension SchemaFormat {
    func accepts(_ text: String) -> Bool {
        switch kind {
        case .dateTime: Timestamp.seconds(of: text) != nil
        case .date: Self.startOfDay(text) != nil
        case .duration: GoDuration.nanoseconds(of: text) != nil
        case .bytes: Self.bytes(of: text) != nil
        case .text(let predicate): predicate.holds(for: text)
        case .int32, .int64, .float, .double: true
        }
    }

    func accepts(number value: JSONValue) -> Bool {
        switch (kind, value) {
        case (.int32, .integer(let value)): Int32(exactly: value) != nil
        case (.int32, .number(let value)): Int32(exactly: value) != nil
        case (.int64, .number(let value)): Int64(exactly: value) != nil
        case (.float, .number(let value)): value.magnitude <= Double(Float.greatestFiniteMagnitude)
        default: true
        }
    }

    /// Seconds since 1970 at which a day begins, in UTC.
    static func startOfDay(_ text: String) -> Int64? {
        text.utf8.count == 10 ? Timestamp.seconds(of: text + "T00:00:00Z") : nil
    }

    /// Line breaks in base64 are skipped, as Kubernetes does.
    static func bytes(of text: String) -> [UInt8]? {
        Data(base64Encoded: text.filter { !$0.isNewline }).map(Array.init)
    }
}
