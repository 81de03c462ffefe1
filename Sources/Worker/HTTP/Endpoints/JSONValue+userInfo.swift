import JSON

extension JSONValue {
    /// Kubernetes' `UserInfo`; what is empty is left out, as its own servers do.
    static func userInfo(username: String, uid: String, groups: [String], extra: [String: [String]]) -> JSONValue {
        var info: JSONValue = ["username": .string(username)]
        if !uid.isEmpty { info["uid"] = .string(uid) }
        if !groups.isEmpty { info["groups"] = .array(groups.map(JSONValue.string)) }
        if !extra.isEmpty { info["extra"] = .object(JSONObject(extra.map { ($0, .array($1.map(JSONValue.string))) })) }
        return info
    }
}
