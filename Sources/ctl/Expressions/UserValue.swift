import CEL
import JSON

/// A user written in a file, as user validation rules see him.
enum UserValue {
    /// Everything wrong with the file at once.
    static func read(_ document: JSONValue, source: String) throws(CommandFailure) -> CELValue {
        var problems: [String] = []
        func strings(_ value: JSONValue?, _ name: String) -> CELValue {
            guard let value, !value.isNull else { return .list([]) }
            guard let elements = value.arrayValue, elements.allSatisfy({ $0.stringValue != nil }) else {
                problems.append("\(name) must be a list of strings")
                return .list([])
            }
            return .list(value.stringValues.map { .string($0) })
        }
        func string(_ name: String) -> CELValue {
            guard let value = document[name], !value.isNull else { return .string("") }
            guard let text = value.stringValue else {
                problems.append("\(name) must be a string")
                return .string("")
            }
            return .string(text)
        }
        let known: Set = ["username", "uid", "groups", "extra"]
        for member in document.objectValue ?? [:] where !known.contains(member.name) {
            problems.append("a user has no \"\(member.name)\"; there are username, uid, groups and extra")
        }
        let (username, uid, groups) = (string("username"), string("uid"), strings(document["groups"], "groups"))
        var extra: [(String, CELValue)] = []
        if let value = document["extra"], !value.isNull {
            if value.objectValue == nil { problems.append("extra must be a map from names to lists of strings") }
            extra = (value.objectValue ?? [:]).map { ($0.name, strings($0.value, "extra[\($0.name)]")) }
        }
        guard problems.isEmpty else { throw CommandFailure("\(source) is no user: " + problems.joined(separator: "; ")) }
        return .object([("username", username), ("uid", uid), ("groups", groups), ("extra", .object(extra))])
    }
}
