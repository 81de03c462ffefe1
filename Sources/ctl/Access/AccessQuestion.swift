import Client
import JSON

/// "May I?" as SelfSubjectAccessReview asks it: a verb, and a type of objects or a path of the server.
struct AccessQuestion: Hashable {
    private static let resourceVerbs: Set<String> = [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate",
        "impersonate", "*", "approve", "sign", "attest",
    ]
    private static let pathVerbs: Set<String> = ["get", "put", "post", "head", "options", "delete", "patch", "*"]

    /// `spec` of the review.
    let spec: JSONValue
    /// What may not be meant; the answer is asked for all the same.
    let warnings: [String]

    /// A path such as `/healthz`.
    init(verb: String, path: String) {
        spec = ["nonResourceAttributes": ["verb": .string(verb), "path": .string(path)]]
        warnings = Self.pathVerbs.contains(verb.lowercased()) ? [] : ["verb '\(verb)' is not a known verb"]
    }

    /// - Parameters:
    ///   - object: `TYPE` or `TYPE/NAME`; the type may be `*`.
    ///   - namespace: nil for all of them.
    init(verb: String, object: String, subresource: String, namespace: String?, in resources: APIResources) {
        let words = object.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var warnings: [String] = []
        var attributes: [(String, String)] = [("verb", verb), ("namespace", namespace ?? "")]
        do throws(UnknownResource) {
            guard words[0] != "*" else { throw UnknownResource(name: "*", near: []) }
            let resource = try resources.resolve(words[0])
            attributes += [("group", resource.group), ("resource", resource.plural)]
            if !resource.isNamespaced, namespace != nil {
                let place = resource.group.isEmpty ? "" : " in group '\(resource.group)'"
                warnings.append("resource '\(resource.plural)' is not namespace scoped\(place)")
            }
        } catch {
            // Rules may name what this server does not serve.
            let parts = words[0].split(separator: ".", maxSplits: 1).map(String.init)
            attributes += [("group", words[0] == "*" ? "*" : parts.dropFirst().first ?? ""), ("resource", parts.first ?? "")]
            if words[0] != "*" { warnings.append("the server doesn't have a resource type '\(words[0])'") }
        }
        if !Self.resourceVerbs.contains(verb.lowercased()) { warnings.append("verb '\(verb)' is not a known verb") }
        attributes += [("subresource", subresource), ("name", words.count > 1 ? words[1] : "")]
        let said = attributes.filter { !$0.1.isEmpty }.map { ($0.0, JSONValue.string($0.1)) }
        spec = ["resourceAttributes": .object(JSONObject(said))]
        self.warnings = warnings
    }

    func ask(_ client: ControllerClient) async throws -> AccessAnswer {
        let review: JSONValue = ["apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec]
        let path = ResourcePath("authorization.k8s.io/v1", "selfsubjectaccessreviews")
        return AccessAnswer(status: try await client.request("POST", path, body: review)["status"] ?? [:])
    }
}

/// What the server says to an `AccessQuestion`.
struct AccessAnswer: Hashable {
    let isAllowed: Bool
    let text: String

    init(status: JSONValue) {
        // Whatever is no clear yes is a no.
        isAllowed = status["allowed"]?.boolValue == true
        var text = isAllowed ? "yes" : "no"
        if let reason = status["reason"]?.stringValue, !reason.isEmpty { text += " - \(reason)" }
        if let error = status["evaluationError"]?.stringValue, !error.isEmpty { text += " - \(error)" }
        self.text = text
    }
}
