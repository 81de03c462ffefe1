package import JSON

/// One step from a value to one of its parts: a member of an object, or an item of a list.
package enum PathElement: Hashable, Sendable {
    case field(String)
    /// An item of a list whose items are told apart by these members.
    case key(JSONObject)
    /// An item of a list in which no value occurs twice.
    case value(JSONValue)
    case index(Int)

    /// As `fieldsV1` of `metadata.managedFields` has it: `f:name`, `k:{"name":"a"}`, `v:"a"`, `i:0`.
    package var text: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let members): "k:" + JSONWriter.text(of: .object(members))
        case .value(let value): "v:" + JSONWriter.text(of: value)
        case .index(let number): "i:\(number)"
        }
    }

    /// nil for what is none of the four forms.
    package init?(_ text: String) {
        guard text.utf8.count >= 2, text.utf8.dropFirst().first == UInt8(ascii: ":") else { return nil }
        let rest = String(text.dropFirst(2))
        switch text.utf8.first {
        case UInt8(ascii: "f"): self = .field(rest)
        case UInt8(ascii: "i"):
            guard let number = Int(rest) else { return nil }
            self = .index(number)
        case UInt8(ascii: "v"):
            guard let value = Self.parsed(rest) else { return nil }
            self = .value(value)
        case UInt8(ascii: "k"):
            guard let members = Self.parsed(rest)?.objectValue else { return nil }
            self = .key(members)
        default: return nil
        }
    }

    private static func parsed(_ text: String) -> JSONValue? { try? JSONParser.parse(text) }
}

/// As people read it: `.spec`, `[name="a"]`, `[="a"]`, `[0]`.
extension PathElement: CustomStringConvertible {
    package var description: String {
        switch self {
        case .field(let name): "." + name
        case .key(let members): "[" + members.map { "\($0.name)=\(JSONWriter.text(of: $0.value))" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(JSONWriter.text(of: value))]"
        case .index(let number): "[\(number)]"
        }
    }
}
