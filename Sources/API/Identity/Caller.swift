import JSON

/// The identity behind a request, however it was proven.
struct Caller: Hashable, Sendable {
    let username: String
    let uid: String?
    let groups: [String]
    let extra: [String: [String]]
    /// The worker that vouches for this user; nil if the user showed a certificate.
    let actingThrough: String?
    /// Who acts in this name; nil if the user does.
    let impersonatedBy: String?
    /// The object that stands for the break-glass certificate that was shown; nil: none was.
    let breakGlass: String?

    init(
        username: String,
        uid: String? = nil,
        groups: [String],
        extra: [String: [String]] = [:],
        actingThrough: String? = nil,
        impersonatedBy: String? = nil,
        breakGlass: String? = nil
    ) {
        self.username = username
        self.uid = uid
        self.groups = groups
        self.extra = extra
        self.actingThrough = actingThrough
        self.impersonatedBy = impersonatedBy
        self.breakGlass = breakGlass
    }

    func isMember(of group: String) -> Bool { groups.contains { $0.utf8.elementsEqual(group.utf8) } }

    /// `userInfo` as Kubernetes' reviews have it.
    var userInfo: JSONValue {
        var info: JSONValue = ["username": .string(username), "groups": .array(groups.map(JSONValue.string))]
        info["uid"] = uid.map(JSONValue.string)
        if !extra.isEmpty {
            info["extra"] = .object(JSONObject(extra.map { ($0, .array($1.map(JSONValue.string))) }))
        }
        return info
    }
}
