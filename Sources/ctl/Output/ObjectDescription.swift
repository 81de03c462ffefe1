import Foundation
import JSON

/// Any object, set out for reading: names in words, one value on a line, lists as blocks.
enum ObjectDescription {
    static func text(of object: JSONValue) -> String {
        let metadata = object["metadata"] ?? [:]
        var lines: [(String, String)] = [("Name", metadata["name"]?.stringValue ?? "")]
        if let namespace = metadata["namespace"]?.stringValue { lines.append(("Namespace", namespace)) }
        lines += pairs("Labels", metadata["labels"]) + pairs("Annotations", metadata["annotations"])
        lines.append(("API Version", object["apiVersion"]?.stringValue ?? ""))
        lines.append(("Kind", object["kind"]?.stringValue ?? ""))
        if let created = metadata["creationTimestamp"]?.stringValue { lines.append(("Created", created)) }
        var text = FieldLines.text(lines)
        for (name, value) in object.objectValue ?? [:] where !["metadata", "apiVersion", "kind"].contains(name) {
            let shown = isSecret(object, name) ? sizes(value) : value
            text += block(heading(name), shown, indent: 0, keepsNames: ["data", "binaryData", "stringData"].contains(name))
        }
        return text
    }

    /// `oidcProviders` becomes `Oidc Providers`.
    static func heading(_ name: String) -> String {
        guard name.allSatisfy({ $0.isLetter || $0.isNumber }), let first = name.first else { return name }
        var words = String(first).uppercased()
        var previous = first
        for character in name.dropFirst() {
            if character.isUppercase, !previous.isUppercase { words += " " }
            words.append(character)
            previous = character
        }
        return words
    }

    private static func pairs(_ title: String, _ value: JSONValue?) -> [(String, String)] {
        let hidden = ["kubectl.kubernetes.io/last-applied-configuration"]
        let pairs = (value?.objectValue ?? [:]).filter { !hidden.contains($0.name) }
        guard !pairs.isEmpty else { return [(title, "<none>")] }
        return pairs.enumerated().map { position, pair in
            (position == 0 ? title : "", "\(pair.name)=\(pair.value.stringValue ?? "")")
        }
    }

    /// - Parameter keepsNames: the members are a person's own words, not fields of the kind.
    private static func block(_ title: String, _ value: JSONValue, indent: Int, keepsNames: Bool = false) -> String {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let object):
            guard !object.isEmpty else { return "\(margin)\(title):\n" }
            return "\(margin)\(title):\n"
                + object.map { name, value in
                    block(keepsNames ? name : heading(name), value, indent: indent + 2)
                }.joined()
        case .array(let values):
            guard values.contains(where: { $0.objectValue != nil }) else {
                return values.isEmpty
                    ? "\(margin)\(title):  <none>\n"
                    : "\(margin)\(title):\n" + values.map { "\(margin)  \(plain($0))\n" }.joined()
            }
            let blocks = values.map { value in
                (value.objectValue ?? [:]).map { block(heading($0.name), $0.value, indent: indent + 2) }.joined()
            }
            return "\(margin)\(title):\n" + blocks.joined(separator: "\(margin)  ---\n")
        case .null, .string(""): return "\(margin)\(title):\n"
        default: return "\(margin)\(title):  \(plain(value, indent: indent + 2))\n"
        }
    }

    private static func plain(_ value: JSONValue, indent: Int = 0) -> String {
        let text = value.stringValue ?? JSONWriter.text(of: value)
        guard text.contains("\n") else { return text }
        let margin = String(repeating: " ", count: indent)
        return "\n" + text.split(separator: "\n").map { margin + $0 }.joined(separator: "\n")
    }

    private static func isSecret(_ object: JSONValue, _ name: String) -> Bool {
        object["kind"]?.stringValue == "Secret" && ["data", "stringData"].contains(name)
    }

    /// A secret's keys with the length of what they hold.
    private static func sizes(_ data: JSONValue) -> JSONValue {
        .object(
            JSONObject(
                (data.objectValue ?? [:]).map { name, value in
                    let count = value.stringValue.flatMap { Data(base64Encoded: $0)?.count } ?? 0
                    return (name, .string("\(count) bytes"))
                }
            )
        )
    }
}
