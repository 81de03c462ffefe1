/// As whom a request shall be judged instead of its sender: `kubectl --as`. The server asks whether the sender may do that.
package struct Impersonation: Sendable {
    package var user: String
    package var uid: String?
    package var groups: [String] = []
    package var extra: [(name: String, values: [String])] = []

    package init(user: String) { self.user = user }

    var headers: [(String, String)] {
        var headers = [("Impersonate-User", user)]
        if let uid { headers.append(("Impersonate-Uid", uid)) }
        headers += groups.map { ("Impersonate-Group", $0) }
        for (name, values) in extra {
            // What may stand in a header's name, but for the percent sign that the encoding itself needs.
            let key = PercentEncoding.encoded(name, keeping: "!#$&'*+^`|")
            headers += values.map { ("Impersonate-Extra-\(key)", $0) }
        }
        return headers
    }
}
