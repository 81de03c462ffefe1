import Authenticator
import JSON

extension Identity {
    /// The `user` of a `TokenReview`, the `userInfo` of a `SelfSubjectReview`.
    var userInfo: JSONValue {
        .userInfo(username: username, uid: uid, groups: groups, extra: extra)
    }
}

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
