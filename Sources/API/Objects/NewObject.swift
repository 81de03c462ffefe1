import JSON
import Schema
import Web

/// An object as it came in a body, next to what the path says it is.
struct NewObject: Sendable {
    let body: JSONValue
    let target: ResourceTarget
    let definition: ResourceDefinition

    /// The server chooses the name, and so may choose another one if it is taken.
    var isNameGenerated: Bool { (metadata("name") ?? "").isEmpty && !(metadata("generateName") ?? "").isEmpty }

    /// Refuses what cannot be created whatever its fields say.
    func check() throws(APIStatus) {
        try checkType()
        try checkNamespace()
        guard (metadata("resourceVersion") ?? "").isEmpty else {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
    }

    /// Refuses an update whose object is not the one of the path.
    func checkAgainstPath() throws(APIStatus) {
        try checkType()
        try checkNamespace()
        guard !(metadata("name") ?? "").isEmpty else {
            throw .badRequest("the name of the object must be set in metadata.name")
        }
        try checkName()
    }

    /// Refuses a configuration for server-side apply that does not say what it is, or says more than it may.
    func checkConfiguration() throws(APIStatus) {
        for name in ["apiVersion", "kind"] where (body[name]?.stringValue ?? "").isEmpty {
            throw .badRequest("the configuration to apply has no \(name)")
        }
        try checkType()
        try checkNamespace()
        try checkName()
        if let records = body.value(at: "metadata", "managedFields"), !records.isNull {
            throw .badRequest("metadata.managedFields must be nil")
        }
    }

    /// The name of the new object, drawn anew at each call if the server chooses it.
    func name() throws(APIStatus) -> ObjectName {
        if let name = metadata("name"), !name.isEmpty { return ObjectName(namespace: target.namespace, name: name) }
        guard let prefix = metadata("generateName"), !prefix.isEmpty else {
            throw invalid(
                "",
                field: "metadata.name",
                reason: "FieldValueRequired",
                "Required value: name or generateName is required"
            )
        }
        var generator = SystemRandomNumberGenerator()
        return ObjectName(namespace: target.namespace, name: GeneratedName.make(prefix: prefix, using: &generator))
    }

    /// Kinds of manifests are never overwritten blindly.
    var missingVersion: APIStatus {
        invalid(
            target.name ?? "",
            field: "metadata.resourceVersion",
            reason: "FieldValueInvalid",
            "Invalid value: 0x0: must be specified for an update"
        )
    }

    private func metadata(_ name: String) -> String? { body.value(at: "metadata", name)?.stringValue }

    private func checkType() throws(APIStatus) {
        if let apiVersion = body["apiVersion"]?.stringValue, !apiVersion.isEmpty, apiVersion != definition.apiVersion {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version (\(definition.apiVersion))"
            )
        }
        if let kind = body["kind"]?.stringValue, !kind.isEmpty, kind != definition.kind {
            throw .badRequest("the kind in the data (\(kind)) does not match the expected kind (\(definition.kind))")
        }
        if let metadata = body["metadata"], metadata.objectValue == nil, !metadata.isNull {
            throw .badRequest("metadata is not an object")
        }
        for name in ["name", "generateName", "namespace", "resourceVersion"] {
            guard let value = body.value(at: "metadata", name), value.stringValue == nil, !value.isNull else { continue }
            throw .badRequest("metadata.\(name) is not a string")
        }
    }

    /// One that is not there is another matter.
    private func checkName() throws(APIStatus) {
        guard let name = metadata("name"), !name.isEmpty, name != target.name else { return }
        throw .badRequest("the name of the object (\(name)) does not match the name on the URL (\(target.name ?? ""))")
    }

    private func checkNamespace() throws(APIStatus) {
        guard let namespace = metadata("namespace"), !namespace.isEmpty, namespace != target.namespace else { return }
        throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
    }

    private func invalid(_ name: String, field: String, reason: String, _ problem: String) -> APIStatus {
        APIStatus(
            code: 422,
            reason: "Invalid",
            message: "\(definition.qualifiedKind) \"\(name)\" is invalid: \(field): \(problem)",
            details: .init(
                name: name,
                group: definition.group,
                kind: definition.kind,
                causes: [.init(reason: reason, message: problem, field: field)]
            )
        )
    }
}
