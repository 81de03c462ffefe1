import JSON
import Schema

/// A type or a field as its schema describes it.
enum FieldExplanation {
    private static let depthLimit = 20

    static func text(_ definition: ResourceDefinition, _ path: [String], recursive: Bool) throws(CommandFailure) -> String {
        var schema = definition.openAPISchema
        for (position, name) in path.enumerated() {
            guard let inner = content(schema)["properties"]?[name] else {
                let parent = ([definition.singular] + path.prefix(position)).joined(separator: ".")
                let known = content(schema)["properties"]?.objectValue?.names ?? []
                throw CommandFailure(
                    "\(parent) has no field \"\(name)\"; it has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
                )
            }
            schema = inner
        }
        var text = FieldLines.text(
            [
                ("GROUP", definition.group), ("KIND", definition.kind), ("VERSION", definition.version),
            ].filter { !$0.1.isEmpty }
        )
        if let name = path.last { text += "\nFIELD: \(name) <\(type(schema))>\n" }
        text += "\nDESCRIPTION:\n\(indented(schema["description"]?.stringValue ?? "<empty>", 4))"
        let fields = fields(content(schema), depth: 0, recursive: recursive)
        return fields.isEmpty ? text : text + "\nFIELDS:\n\(fields)"
    }

    private static func fields(_ schema: JSONValue, depth: Int, recursive: Bool) -> String {
        guard depth < depthLimit else { return "" }
        let required = schema["required"].stringValues
        return (schema["properties"]?.objectValue ?? [:]).map { name, field in
            let margin = 2 + depth * 2
            let mark = required.contains(name) ? " -required-" : ""
            var text = String(repeating: " ", count: margin) + "\(name)\t<\(type(field))>\(mark)\n"
            if recursive { return text + fields(content(field), depth: depth + 1, recursive: true) }
            if let description = field["description"]?.stringValue { text += indented(description, margin + 2) + "\n" }
            return text
        }.joined()
    }

    /// What is inside: the items of a list, the values of a map.
    private static func content(_ schema: JSONValue) -> JSONValue {
        if let items = schema["items"] { return content(items) }
        if let values = schema["additionalProperties"], values.objectValue != nil { return content(values) }
        return schema
    }

    private static func type(_ schema: JSONValue) -> String {
        if let items = schema["items"] { return "[]\(type(items))" }
        if let values = schema["additionalProperties"], values.objectValue != nil { return "map[string]\(type(values))" }
        if schema["x-kubernetes-int-or-string"]?.boolValue == true { return "IntOrString" }
        return schema["type"]?.stringValue ?? "Object"
    }

    private static func indented(_ text: String, _ width: Int) -> String {
        let margin = String(repeating: " ", count: width)
        return text.split(separator: "\n").map { "\(margin)\($0)\n" }.joined()
    }
}
