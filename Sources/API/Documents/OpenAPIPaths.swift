import JSON

/// The paths of one resource in its OpenAPI document.
struct OpenAPIPaths: Sendable {
    private let resource: PublishedResource
    private let component: OpenAPIComponent

    init(_ resource: PublishedResource, component: OpenAPIComponent) {
        self.resource = resource
        self.component = component
    }

    var items: [(path: String, item: JSONValue)] {
        let root = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        let collection = root + (resource.isNamespaced ? "/namespaces/{namespace}" : "") + "/\(resource.plural)"
        var items = [(path: collection, item: collectionItem)]
        if resource.verbs.contains("get") { items.append((path: "\(collection)/{name}", item: objectItem)) }
        if resource.hasStatus { items.append((path: "\(collection)/{name}/status", item: statusItem)) }
        if resource.isNamespaced, resource.verbs.contains("list") {
            items.append(
                (path: "\(root)/\(resource.plural)", item: ["get": operation("list", parameters: Self.listParameters)])
            )
        }
        return items
    }

    private var collectionItem: JSONValue {
        var item: JSONValue = ["post": operation("post", parameters: Self.writeParameters, hasBody: true)]
        if resource.verbs.contains("list") { item["get"] = operation("list", parameters: Self.listParameters) }
        if resource.verbs.contains("deletecollection") {
            item["delete"] = operation("deletecollection", parameters: ["dryRun", "fieldSelector", "labelSelector"])
        }
        return withPathParameters(item, named: false)
    }

    private var objectItem: JSONValue {
        var item = changeableItem
        item["delete"] = operation("delete", parameters: ["dryRun", "propagationPolicy"])
        return withPathParameters(item, named: true)
    }

    private var statusItem: JSONValue { withPathParameters(changeableItem, named: true) }

    private var changeableItem: JSONValue {
        [
            "get": operation("get"), "put": operation("put", parameters: Self.writeParameters, hasBody: true),
            "patch": operation("patch", parameters: Self.writeParameters + ["force"], bodyTypes: Self.patchTypes),
        ]
    }

    private static let writeParameters = ["dryRun", "fieldManager", "fieldValidation"]
    private static let listParameters = [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
        "sendInitialEvents", "timeoutSeconds", "watch",
    ]
    private static let patchTypes = ["application/json-patch+json", "application/merge-patch+json"]

    private func operation(
        _ action: String,
        parameters: [String] = [],
        hasBody: Bool = false,
        bodyTypes: [String] = []
    ) -> JSONValue {
        let schema =
            switch action {
            case "list", "deletecollection": component.listReference
            case "delete": OpenAPIAnswers.statusReference
            default: component.reference
            }
        var operation: JSONValue = [
            "x-kubernetes-action": .string(action), "x-kubernetes-group-version-kind": component.groupVersionKind,
            "responses": OpenAPIAnswers(action, schema: schema).responses,
        ]
        if !parameters.isEmpty { operation["parameters"] = .array(parameters.map(Self.queryParameter)) }
        let types = bodyTypes.isEmpty && hasBody ? ["application/json", "application/yaml"] : bodyTypes
        if !types.isEmpty {
            let schema: JSONValue = hasBody ? component.reference : ["type": "object"]
            operation["requestBody"] = [
                "required": true, "content": .object(JSONObject(types.map { ($0, ["schema": schema]) })),
            ]
        }
        return operation
    }

    private func withPathParameters(_ item: JSONValue, named: Bool) -> JSONValue {
        let names = (resource.isNamespaced ? ["namespace"] : []) + (named ? ["name"] : [])
        guard !names.isEmpty else { return item }
        var item = item
        item["parameters"] = .array(
            names.map {
                ["name": .string($0), "in": "path", "required": true, "schema": ["type": "string", "uniqueItems": true]]
            }
        )
        return item
    }

    private static func queryParameter(_ name: String) -> JSONValue {
        let type =
            switch name {
            case "allowWatchBookmarks", "force", "sendInitialEvents", "watch": "boolean"
            case "limit", "timeoutSeconds": "integer"
            default: "string"
            }
        return ["name": .string(name), "in": "query", "schema": ["type": .string(type), "uniqueItems": true]]
    }
}
