import JSON
import Schema
import Web

/// Who am I, and what may I do: questions about the caller, answered from the request alone.
struct IdentityReviews: Sendable {
    let access: AccessControl

    /// `POST selfsubjectreviews`
    func whoAmI(_ caller: Caller, now: Int64) -> JSONValue {
        [
            "kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
            "metadata": ["creationTimestamp": .string(Timestamp.text(of: now))], "status": ["userInfo": caller.userInfo],
        ]
    }

    /// `GET users/~`: the caller as an OpenShift user, without an entry in the store.
    func currentUser(_ caller: Caller) -> JSONValue {
        var metadata: JSONValue = ["name": .string(caller.username)]
        metadata["uid"] = caller.uid.map(JSONValue.string)
        return [
            "kind": "User", "apiVersion": "user.openshift.io/v1", "metadata": metadata, "identities": .null,
            "groups": .strings(caller.groups),
        ]
    }

    /// `POST selfsubjectaccessreviews`
    func mayI(_ review: JSONValue, _ caller: Caller) throws(APIStatus) -> JSONValue {
        guard let spec = review["spec"] else { throw .badRequest("spec: Required value") }
        let attempt: AccessAttempt
        if let attributes = spec["resourceAttributes"] {
            let text = { (name: String) in attributes[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
            let target = ResourceTarget(
                group: text("group") ?? "",
                version: text("version") ?? "",
                plural: text("resource") ?? "",
                namespace: text("namespace"),
                name: text("name"),
                subresource: text("subresource")
            )
            attempt = AccessAttempt(verb: text("verb") ?? "", subject: .resource(target))
        } else if let attributes = spec["nonResourceAttributes"] {
            attempt = AccessAttempt(
                verb: attributes["verb"]?.stringValue ?? "",
                subject: .path(attributes["path"]?.stringValue ?? "")
            )
        } else {
            throw .badRequest("spec: one of resourceAttributes and nonResourceAttributes is required")
        }
        return [
            "kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1",
            "metadata": ["creationTimestamp": .null],
            "spec": spec, "status": ["allowed": .bool(access.allow(attempt, by: caller))],
        ]
    }

    /// `POST selfsubjectrulesreviews`: all that the caller may do in one namespace.
    func myRules(_ review: JSONValue, _ caller: Caller) throws(APIStatus) -> JSONValue {
        guard let namespace = review.value(at: "spec", "namespace")?.stringValue, !namespace.isEmpty else {
            throw .badRequest("no namespace on request")
        }
        let rules = access.rules(of: caller, in: namespace)
        return [
            "kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1",
            "metadata": ["creationTimestamp": .null], "spec": [:],
            "status": [
                "resourceRules": .array(rules.filter { !$0.resources.isEmpty }.map(\.json)),
                "nonResourceRules": .array(rules.filter { !$0.nonResourceURLs.isEmpty }.map(\.json)),
                "incomplete": false,
            ],
        ]
    }
}
