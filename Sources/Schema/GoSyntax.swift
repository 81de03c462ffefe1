import JSON

/// A value as Kubernetes' error texts show it (Go's `%#v`), cut after 512 characters of a string.
///
/// Clients and runbooks match on these texts, so the foreign notation is part of the interface.
func goSyntax(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): JSONWriter.text(of: .number(value))
    case .string(let text): goQuoted(text)
    case .array(let values): "[]interface {}{" + values.map(goSyntax).joined(separator: ", ") + "}"
    case .object(let object):
        "map[string]interface {}{" + object.map { "\(goQuoted($0.name)):\(goSyntax($0.value))" }.joined(separator: ", ") + "}"
    }
}

private func goQuoted(_ text: String) -> String {
    let limit = 512
    var output = "\""
    for (position, scalar) in text.unicodeScalars.enumerated() {
        if position == limit {
            output += "…"
            break
        }
        switch scalar {
        case "\"": output += "\\\""
        case "\\": output += "\\\\"
        case "\n": output += "\\n"
        case "\r": output += "\\r"
        case "\t": output += "\\t"
        case "\u{7F}": output += "\\x7f"
        case _ where scalar.value < 0x20:
            output += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: output.unicodeScalars.append(scalar)
        }
    }
    return output + "\""
}
