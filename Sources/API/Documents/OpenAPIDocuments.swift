import JSON
import Schema

/// OpenAPI v3 documents, one per group and version, made from the resource definitions.
///
/// They are what kubectl needs for `apply`, `edit` and `explain`: each operation says its kind and its parameters.
struct OpenAPIDocuments: Sendable {
    private let documents: [PublishedAPI.GroupVersion: [UInt8]]
    /// `/openapi/v3`
    let index: JSONValue

    init(_ catalog: ResourceCatalog, api: PublishedAPI, serverVersion: String) {
        var documents: [PublishedAPI.GroupVersion: [UInt8]] = [:]
        var paths: JSONValue = [:]
        for groupVersion in api.groupVersions {
            let document = Self.document(groupVersion, catalog: catalog, api: api, serverVersion: serverVersion)
            let bytes = JSONWriter.bytes(of: document)
            documents[groupVersion] = bytes
            // Clients keep a document for as long as its address stays the same.
            let hash = String(Self.fingerprint(of: bytes), radix: 16, uppercase: true)
            paths[groupVersion.path] = ["serverRelativeURL": .string("/openapi/v3/\(groupVersion.path)?hash=\(hash)")]
        }
        self.documents = documents
        index = ["paths": paths]
    }

    func document(_ groupVersion: PublishedAPI.GroupVersion) -> [UInt8]? { documents[groupVersion] }

    private static func document(
        _ groupVersion: PublishedAPI.GroupVersion,
        catalog: ResourceCatalog,
        api: PublishedAPI,
        serverVersion: String
    ) -> JSONValue {
        var paths: JSONValue = [:]
        var schemas: JSONValue = [OpenAPIAnswers.statusName: OpenAPIAnswers.status]
        for resource in api.resources(of: groupVersion) {
            let definition = catalog.definition(group: resource.group, version: resource.version, plural: resource.plural)
            let component = OpenAPIComponent(resource)
            schemas[component.name] = component.schema(definition?.openAPISchema)
            if let definition { schemas[component.listName] = component.listSchema(kind: definition.listKind) }
            for (path, item) in OpenAPIPaths(resource, component: component).items { paths[path] = item }
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Postern", "version": .string(serverVersion)], "paths": paths,
            "components": ["schemas": schemas, "responses": ["Failure": OpenAPIAnswers.failure]],
        ]
    }

    /// FNV-1a: the address must change when the document does, and nothing depends on it being hard to forge.
    private static func fingerprint(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
}

/// The schema of one kind as an OpenAPI component.
struct OpenAPIComponent: Sendable {
    let resource: PublishedResource

    init(_ resource: PublishedResource) { self.resource = resource }

    /// `io.openshift.config.v1.Authentication`: the group's labels from the right, as Kubernetes names them.
    var name: String {
        let group = resource.group.isEmpty ? ["core"] : resource.group.split(separator: ".").reversed().map(String.init)
        return (group + [resource.version, resource.kind]).joined(separator: ".")
    }

    var reference: JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// `io.openshift.config.v1.AuthenticationList`
    var listName: String { name + "List" }

    var listReference: JSONValue { ["$ref": .string("#/components/schemas/\(listName)")] }

    func listSchema(kind: String) -> JSONValue {
        [
            "type": "object", "description": .string("A list of objects of the kind \(resource.kind)."),
            "properties": [
                "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
                "items": ["type": "array", "items": reference],
            ],
            "required": ["items"],
            "x-kubernetes-group-version-kind": [
                ["group": .string(resource.group), "version": .string(resource.version), "kind": .string(kind)]
            ],
        ]
    }

    var groupVersionKind: JSONValue {
        ["group": .string(resource.group), "version": .string(resource.version), "kind": .string(resource.kind)]
    }

    func schema(_ definition: JSONValue?) -> JSONValue {
        var schema = definition ?? ["type": "object"]
        schema["x-kubernetes-group-version-kind"] = [groupVersionKind]
        return schema
    }
}
