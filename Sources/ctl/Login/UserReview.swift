import Client
import JSON

/// Who the server takes us for.
struct UserReview: Sendable {
    let username: String
    let uid: String
    let groups: [String]
    let extra: [(name: String, values: [String])]
    /// The server's whole answer.
    let document: JSONValue

    /// Asks by SelfSubjectReview; where there is none, by the user object of one's own.
    static func ask(_ client: ControllerClient) async throws -> UserReview {
        let review: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
        do {
            let answer = try await client.request(
                "POST",
                ResourcePath("authentication.k8s.io/v1", "selfsubjectreviews"),
                body: review
            )
            return UserReview(review: answer)
        } catch let failure as APIFailure where [404, 405, 415, 501].contains(failure.code) {
            return UserReview(user: try await client.get(ResourcePath("user.openshift.io/v1", "users", name: "~")))
        }
    }

    init(review: JSONValue) {
        document = review
        let userInfo = review.value(at: "status", "userInfo") ?? [:]
        username = userInfo["username"]?.stringValue ?? ""
        uid = userInfo["uid"]?.stringValue ?? ""
        groups = userInfo["groups"].stringValues
        extra = (userInfo["extra"]?.objectValue ?? [:]).map { member in
            (member.name, member.value.stringValues)
        }
    }

    init(user: JSONValue) {
        document = user
        username = user.value(at: "metadata", "name")?.stringValue ?? ""
        uid = user.value(at: "metadata", "uid")?.stringValue ?? ""
        groups = user["groups"].stringValues
        extra = []
    }

    var table: TextTable {
        var rows = [["Username", username]]
        if !uid.isEmpty { rows.append(["UID", uid]) }
        if !groups.isEmpty { rows.append(["Groups", "[\(groups.joined(separator: " "))]"]) }
        rows += extra.map { ["Extra: \($0.name)", "[\($0.values.joined(separator: " "))]"] }
        return TextTable(header: ["ATTRIBUTE", "VALUE"], rows: rows)
    }
}
