import JSON
import Schema
import Web

/// Objects and lists in the form that the client asked for.
struct ObjectRendering: Sendable {
    private let definition: ResourceDefinition
    private let form: ObjectForm
    private let table: ObjectTable

    init(_ call: APICall, _ definition: ResourceDefinition) throws(APIStatus) {
        guard let form = call.accept.objectForm else {
            throw .notAcceptable("only the following media types are accepted: application/json")
        }
        let include = call.query["includeObject"].map(ObjectTable.Include.init) ?? .metadata
        guard let include else {
            throw .badRequest("includeObject: supported values: \"None\", \"Metadata\", \"Object\"")
        }
        self.definition = definition
        self.form = form
        table = ObjectTable(definition, include: include)
    }

    func one(_ object: JSONValue, now: Int64) -> JSONValue {
        switch form {
        case .whole: object
        case .metadata: PartialMetadata.of(object)
        case .table:
            table.table(
                [object],
                listMetadata: ["resourceVersion": object.value(at: "metadata", "resourceVersion") ?? ""],
                now: now
            )
        }
    }

    func list(_ objects: [JSONValue], metadata: JSONValue, now: Int64) -> JSONValue {
        switch form {
        case .whole:
            [
                "kind": .string(definition.listKind), "apiVersion": .string(definition.apiVersion), "metadata": metadata,
                "items": .array(objects),
            ]
        case .metadata: PartialMetadata.list(objects, listMetadata: metadata)
        case .table: table.table(objects, listMetadata: metadata, now: now)
        }
    }

    /// The object of a bookmark: nothing but a revision, and maybe the note that the objects of the beginning are complete.
    func bookmark(revision: Int64, endsInitialEvents: Bool) -> JSONValue {
        var metadata: JSONValue = ["resourceVersion": .string(String(revision))]
        switch form {
        case .table: return table.table([], listMetadata: metadata, now: 0)
        case .whole, .metadata:
            metadata["creationTimestamp"] = .null
            if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
            let object: JSONValue = [
                "kind": .string(definition.kind), "apiVersion": .string(definition.apiVersion), "metadata": metadata,
            ]
            return form == .whole ? object : PartialMetadata.of(object)
        }
    }
}
