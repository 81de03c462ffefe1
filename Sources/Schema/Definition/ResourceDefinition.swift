package import JSON

/// One kind of object: its names, its scope, its columns and its schema, read from a file of `manifests/`.
package struct ResourceDefinition: Sendable {
    package enum Scope: String, Sendable {
        case cluster = "Cluster"
        case namespaced = "Namespaced"
    }

    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    package let listKind: String
    package let plural: String
    package let singular: String
    package let shortNames: [String]
    package let categories: [String]
    package let scope: Scope
    /// Columns between NAME and the end of the table, in order; empty: the table shows NAME and AGE.
    package let printerColumns: [PrinterColumn]
    /// Whether there is a `status` subresource.
    package let hasStatus: Bool
    /// The only name an object of this kind may have, such as `cluster`.
    package let requiredName: String?
    /// Whether Kubernetes itself has this kind: strategic merge patch applies, and generation counting does not.
    package let isBuiltIn: Bool
    /// `openAPIV3Schema`, with the standard schema of `metadata` filled in.
    package let openAPISchema: JSONValue
    let schema: StructuralSchema

    /// `config.openshift.io/v1`, or `v1` in the core group.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `authentications.config.openshift.io`, or `secrets` in the core group.
    package var resource: String { group.isEmpty ? plural : "\(plural).\(group)" }
    /// `Authentication.config.openshift.io`, or `Secret` in the core group: how error texts name a kind.
    package var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
    /// `/api/v1` or `/apis/config.openshift.io/v1`.
    package var pathPrefix: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    /// Reads a `CustomResourceDefinition` with one version; `metadataSchema` replaces its `metadata`.
    package init(customResourceDefinition value: JSONValue, metadataSchema: JSONValue) throws(InvalidDefinition) {
        let annotations = value.value(at: "metadata", "annotations")
        guard let spec = value["spec"], let names = spec["names"], let kind = names["kind"]?.stringValue,
            let plural = names["plural"]?.stringValue, let group = spec["group"]?.stringValue,
            let scope = spec["scope"]?.stringValue.flatMap(Scope.init(rawValue:))
        else { throw InvalidDefinition("spec.group, spec.scope, spec.names.kind or spec.names.plural is missing") }
        guard let versions = spec["versions"]?.arrayValue, versions.count == 1, let version = versions.first,
            let versionName = version["name"]?.stringValue, var schema = version.value(at: "schema", "openAPIV3Schema")
        else { throw InvalidDefinition("\(kind): exactly one version with a schema is expected") }
        var properties = schema["properties"] ?? .object(JSONObject())
        properties["metadata"] = metadataSchema
        schema["properties"] = properties

        self.group = group
        self.version = versionName
        self.kind = kind
        self.listKind = names["listKind"]?.stringValue ?? "\(kind)List"
        self.plural = plural
        self.singular = names["singular"]?.stringValue ?? kind.lowercased()
        self.shortNames = names["shortNames"].stringValues
        self.categories = names["categories"].stringValues
        self.scope = scope
        self.hasStatus = version.value(at: "subresources", "status") != nil
        self.requiredName = annotations?["postern.dev/required-name"]?.stringValue
        self.isBuiltIn = annotations?["postern.dev/built-in"]?.stringValue == "true"
        self.openAPISchema = schema
        do {
            self.printerColumns = try version["additionalPrinterColumns"]?.decoded(as: [PrinterColumn].self) ?? []
        } catch {
            throw InvalidDefinition("\(kind): additionalPrinterColumns: \(error)")
        }
        do {
            self.schema = try StructuralSchema(schema, at: .root, isRoot: true)
        } catch {
            throw InvalidDefinition("\(kind): \(error.reason)")
        }
    }
}

/// A file of `manifests/` that the schema engine cannot use: a fault of the program, not of a user.
package struct InvalidDefinition: Error, Sendable, CustomStringConvertible {
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    package var description: String { "a built-in resource definition is unusable: \(reason)" }
}
