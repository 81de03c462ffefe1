import Web

/// The `Impersonate-*` headers of a request: somebody with the right to do so acts as somebody else (`kubectl --as`).
struct Impersonation: Hashable, Sendable {
    let username: String
    let uid: String?
    let groups: [String]
    let extra: [String: [String]]

    /// nil where no such header is.
    init?(_ headers: CallerAuthentication.Headers) throws(APIStatus) {
        let own = headers.filter { $0.name.hasPrefix("impersonate-") }
        guard !own.isEmpty else { return nil }
        let values = { (name: String) in own.filter { $0.name == "impersonate-\(name)" }.map(\.value) }
        let (users, uids) = (values("user"), values("uid"))
        guard users.count == 1, uids.count <= 1, let username = users.first, !username.isEmpty else {
            throw .badRequest("who asks for groups, a uid or extras of somebody else must name one user in Impersonate-User")
        }
        self.username = username
        extra = CallerAuthentication.extra(in: own, after: "impersonate-extra-")
        uid = uids.first
        groups = values("group")
    }

    /// The service account that the name stands for: `system:serviceaccount:NAMESPACE:NAME`.
    private var serviceAccount: (namespace: String, name: String)? {
        let parts = username.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty, !parts[3].isEmpty else {
            return nil
        }
        return (parts[2], parts[3])
    }

    /// What the one who acts must be allowed to do: a right for the name, for each group, for the uid and for each extra.
    var attempts: [AccessAttempt] {
        func attempt(_ plural: String, _ name: String, group: String = "", namespace: String? = nil, part: String? = nil)
            -> AccessAttempt
        {
            let target = ResourceTarget(
                group: group,
                version: "v1",
                plural: plural,
                namespace: namespace,
                name: name,
                subresource: part
            )
            return AccessAttempt(verb: "impersonate", subject: .resource(target))
        }
        let identities = "authentication.k8s.io"
        var attempts =
            if let account = serviceAccount {
                [attempt("serviceaccounts", account.name, namespace: account.namespace)]
            } else {
                [attempt("users", username)]
            }
        attempts += groups.map { attempt("groups", $0) }
        attempts += uid.map { [attempt("uids", $0, group: identities)] } ?? []
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            attempts += values.map { attempt("userextras", $0, group: identities, part: key) }
        }
        return attempts
    }

    /// Who the request is then from.
    func caller(for actor: Caller) -> Caller {
        var groups = groups
        if groups.isEmpty, let account = serviceAccount {
            groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
        }
        let added = CallerAuthentication.everybody
        if username != "system:anonymous", !groups.contains(added) { groups.append(added) }
        return Caller(
            username: username,
            uid: uid,
            groups: groups,
            extra: extra,
            actingThrough: actor.actingThrough,
            impersonatedBy: actor.username,
            breakGlass: actor.breakGlass
        )
    }

    /// Names of the system stay out of reach of users for whom a worker speaks: a stolen worker must not become more than they are.
    func isOutOfReach(of actor: Caller) -> Bool {
        guard actor.actingThrough != nil else { return false }
        return ([username] + groups).contains { name in
            let isOfServiceAccounts =
                name == "system:serviceaccounts" || name.hasPrefix("system:serviceaccount:")
                || name.hasPrefix("system:serviceaccounts:")
            return name.hasPrefix("system:") && !isOfServiceAccounts
        }
    }
}
