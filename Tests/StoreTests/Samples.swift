import JSON
import Store
import Testing

@testable import Schema

/// Objects of made-up names in real resources.
enum Sample {
    static let configMaps = ResourceName(group: "", plural: "configmaps")
    static let secrets = ResourceName(group: "", plural: "secrets")

    static func configMap(_ name: String, namespace: String = "openshift-config", data: String = "") throws -> CheckedObject {
        try checked(kind: "ConfigMap", plural: "configmaps", namespace: namespace, name: name, data: data)
    }

    static func secret(_ name: String, data: String) throws -> CheckedObject {
        try checked(kind: "Secret", plural: "secrets", namespace: "openshift-config", name: name, data: data)
    }

    static func id(_ name: String, namespace: String = "openshift-config") -> ObjectID {
        ObjectID(configMaps, namespace: namespace, name: name)
    }

    private static func checked(kind: String, plural: String, namespace: String, name: String, data: String) throws
        -> CheckedObject
    {
        // Past admission on purpose: a store must keep any name apart, also those that no schema lets through.
        let definition = try #require(try ResourceCatalog.builtIn().definition(group: "", plural: plural))
        let value: JSONValue = [
            "apiVersion": "v1", "kind": .string(kind),
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "data": ["text": .string(data)],
        ]
        return CheckedObject(value: value, definition: definition, namespace: namespace, name: name)
    }
}

extension StoredObject {
    var text: String? { value.value(at: "data", "text")?.stringValue }
}
