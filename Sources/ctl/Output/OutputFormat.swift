import ArgumentParser
import Client
import JSON
import Schema

/// What `-o` asks for.
enum OutputFormat: ExpressibleByArgument, Hashable, Sendable {
    case wide, yaml, json, name
    case jsonpath(String)
    /// A list of what the path finds, as JSON.
    case jsonpathAsJSON(String)
    case jsonpathFile(String)
    case customColumns(String)

    static let names =
        "wide, yaml, json, name, jsonpath=TEMPLATE, jsonpath-as-json=…, jsonpath-file=FILE, custom-columns=NAME:PATH,…"

    /// The formats that take a text after an equals sign.
    private static let withText: [(prefix: String, format: @Sendable (String) -> OutputFormat)] = [
        ("jsonpath=", { .jsonpath($0) }), ("jsonpath-as-json=", { .jsonpathAsJSON($0) }),
        ("jsonpath-file=", { .jsonpathFile($0) }), ("custom-columns=", { .customColumns($0) }),
    ]

    init?(argument: String) {
        switch argument {
        case "wide": self = .wide
        case "yaml": self = .yaml
        case "json": self = .json
        case "name": self = .name
        default:
            guard let form = Self.withText.first(where: { argument.hasPrefix($0.prefix) }) else { return nil }
            self = form.format(String(argument.dropFirst(form.prefix.count)))
        }
    }

    static var allValueStrings: [String] { ["wide", "yaml", "json", "name"] + withText.map(\.prefix) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

    /// The text of an object or a List; nil for the table formats, which need the server's Table.
    func text(of value: JSONValue, withHeader: Bool = true, typeName: (JSONValue) -> String) throws -> String? {
        switch self {
        case .wide: return nil
        case .yaml: return YAMLWriter.text(of: value)
        case .json: return Self.json(value)
        case .name:
            return Self.objects(value).map { object in
                "\(typeName(object))/\(object.value(at: "metadata", "name")?.stringValue ?? "")\n"
            }.joined()
        case .jsonpath(let template): return try JSONPathTemplate(template).text(of: value)
        case .jsonpathAsJSON(let template): return Self.json(.array(try JSONPathTemplate(template).values(in: value)))
        case .jsonpathFile(let path):
            let template = String(decoding: try ManifestFiles.bytes(of: path), as: UTF8.self)
            return try JSONPathTemplate(template).text(of: value)
        case .customColumns(let specification):
            return try CustomColumns(specification).table(of: Self.objects(value)).text(withHeader: withHeader)
        }
    }

    private static func objects(_ value: JSONValue) -> [JSONValue] { value["items"]?.arrayValue ?? [value] }

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
