import ArgumentParser
import Client
import JSON

/// What `-o` asks for.
enum OutputFormat: ExpressibleByArgument, Hashable, Sendable {
    case wide, yaml, json, name
    case jsonpath(String)

    static let names = "wide, yaml, json, name, jsonpath=TEMPLATE"

    init?(argument: String) {
        switch argument {
        case "wide": self = .wide
        case "yaml": self = .yaml
        case "json": self = .json
        case "name": self = .name
        default:
            guard argument.hasPrefix("jsonpath=") else { return nil }
            self = .jsonpath(String(argument.dropFirst("jsonpath=".count)))
        }
    }

    static var allValueStrings: [String] { ["wide", "yaml", "json", "name", "jsonpath="] }

    /// The text of an object or a List; nil for the table formats, which need the server's Table.
    func text(of value: JSONValue, typeName: (JSONValue) -> String) throws -> String? {
        switch self {
        case .wide: return nil
        case .yaml: return YAMLWriter.text(of: value)
        case .json: return Self.json(value)
        case .name:
            let objects = value["items"]?.arrayValue ?? [value]
            return objects.map { "\(typeName($0))/\($0.value(at: "metadata", "name")?.stringValue ?? "")\n" }.joined()
        case .jsonpath(let template): return try JSONPathTemplate(template).text(of: value)
        }
    }

    /// Indented by four spaces, as kubectl does; no string has a line end of its own, so each line begins with its indentation.
    private static func json(_ value: JSONValue) -> String {
        JSONWriter.visibleText(of: value, pretty: true).split(separator: "\n").map { line in
            String(repeating: " ", count: line.prefix { $0 == " " }.count) + line + "\n"
        }.joined()
    }
}

extension JSONValue {
    /// Without the field-ownership records, which fill a screen and help nobody who reads.
    var withoutManagedFields: JSONValue {
        var copy = self
        copy["metadata"]?["managedFields"] = nil
        if let items = copy["items"]?.arrayValue { copy["items"] = .array(items.map(\.withoutManagedFields)) }
        return copy
    }
}
