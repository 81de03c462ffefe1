import JSON
import Schema
import Web

/// The fields by which objects of a kind can be selected: the ones that Kubernetes and OpenShift know, no others.
enum SelectableFields {
    private static let name = "metadata.name"
    private static let namespace = "metadata.namespace"

    /// By the name of the resource, `PLURAL` or `PLURAL.GROUP`. All others can be selected by name and namespace.
    private static let labels: [String: Set<String>] = [
        "secrets": [name, namespace, "type"],
        "namespaces": [name, "status.phase"],
        "nodes": [name, "spec.unschedulable"],
        "events": [
            name, namespace, "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
            "reportingComponent", "source", "type",
        ],
        "identities.user.openshift.io": [name, namespace, "providerName", "providerUserName", "user.name", "user.uid"],
        "oauthaccesstokens.oauth.openshift.io": [name, namespace, "clientName", "userName", "userUID", "authorizeToken"],
        "oauthauthorizetokens.oauth.openshift.io": [name, namespace, "clientName", "userName", "userUID"],
    ]

    static func check(_ selector: FieldSelector, of definition: ResourceDefinition) throws(APIStatus) {
        let own = labels[definition.group.isEmpty ? definition.plural : "\(definition.plural).\(definition.group)"]
        let known = own ?? [name, namespace]
        for requirement in selector.requirements where !known.contains(requirement.label) {
            let label = requirement.label
            // Two wordings, as Kubernetes has them: of custom kinds and those with fields of their own, and of all others.
            throw own != nil || !definition.isBuiltIn
                ? .badRequest("field label not supported: \(label)")
                : .badRequest("\"\(label)\" is not a known field selector: only \"\(name)\", \"\(namespace)\"")
        }
    }

    /// Empty for a field that is not there.
    static func value(of label: String, in object: JSONValue) -> String {
        switch label {
        case name: return text(["metadata", "name"], in: object)
        case "source":
            let component = text(["source", "component"], in: object)
            return component.isEmpty ? text(["reportingComponent"], in: object) : component
        case "spec.unschedulable":
            return object.value(at: "spec", "unschedulable")?.boolValue == true ? "true" : "false"
        default:
            return text(label.split(separator: ".").map(String.init), in: object)
        }
    }

    private static func text(_ path: [String], in object: JSONValue) -> String {
        path.reduce(Optional(object)) { $0?[$1] }?.stringValue ?? ""
    }
}
