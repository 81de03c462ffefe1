import JSON
import Schema
import Store
import Web

/// Objects and lists in the form that the client asked for.
struct ObjectRendering: Sendable {
    private let definition: ResourceDefinition
    private let form: Form

    private enum Form: Sendable {
        case whole
        case metadata
        case table(ObjectTable)
    }

    init(_ call: APICall, _ definition: ResourceDefinition) throws(APIStatus) {
        guard let form = call.accept.objectForm else {
            throw .notAcceptable("only the following media types are accepted: application/json")
        }
        let include = call.query["includeObject"].map(ObjectTable.Include.init) ?? .metadata
        guard let include else {
            throw .badRequest("includeObject: supported values: \"None\", \"Metadata\", \"Object\"")
        }
        self.definition = definition
        switch form {
        case .whole: self.form = .whole
        case .metadata: self.form = .metadata
        case .table: self.form = .table(ObjectTable(definition, include: include))
        }
    }

    /// The object as JSON.
    func one(_ object: StoredObject, now: Int64) -> [UInt8] {
        switch form {
        case .whole: return object.json
        case .metadata: return JSONWriter.bytes(of: PartialMetadata.of(object.value))
        case .table(let table):
            let metadata: JSONValue = ["resourceVersion": object.value.value(at: "metadata", "resourceVersion") ?? ""]
            return JSONWriter.bytes(of: table.table([object.value], listMetadata: metadata, now: now))
        }
    }

    /// The list as JSON.
    func list(_ objects: [StoredObject], metadata: JSONValue, now: Int64) -> [UInt8] {
        switch form {
        case .whole: return whole(objects, metadata)
        case .metadata: return JSONWriter.bytes(of: PartialMetadata.list(objects.map(\.value), listMetadata: metadata))
        case .table(let table):
            return JSONWriter.bytes(of: table.table(objects.map(\.value), listMetadata: metadata, now: now))
        }
    }

    /// Put together from the texts of the objects, which are there already.
    private func whole(_ objects: [StoredObject], _ metadata: JSONValue) -> [UInt8] {
        var list: [UInt8] = []
        list.reserveCapacity(objects.reduce(1_024) { $0 + $1.json.count + 1 })
        list.append(contentsOf: "{\"apiVersion\":".utf8)
        JSONWriter.write(string: definition.apiVersion, to: &list)
        list.append(contentsOf: ",\"items\":[".utf8)
        for (position, object) in objects.enumerated() {
            if position > 0 { list.append(UInt8(ascii: ",")) }
            list.append(contentsOf: object.json)
        }
        list.append(contentsOf: "],\"kind\":".utf8)
        JSONWriter.write(string: definition.listKind, to: &list)
        list.append(contentsOf: ",\"metadata\":".utf8)
        list.append(contentsOf: JSONWriter.bytes(of: metadata))
        list.append(UInt8(ascii: "}"))
        return list
    }

    /// The object of a bookmark: nothing but a revision, and maybe the note that the objects of the beginning are complete.
    func bookmark(revision: Int64, endsInitialEvents: Bool) -> [UInt8] {
        JSONWriter.bytes(of: bookmarkObject(revision: revision, endsInitialEvents: endsInitialEvents))
    }

    private func bookmarkObject(revision: Int64, endsInitialEvents: Bool) -> JSONValue {
        var metadata: JSONValue = ["resourceVersion": .string(String(revision))]
        switch form {
        case .table(let table): return table.table([], listMetadata: metadata, now: 0)
        case .whole, .metadata:
            metadata["creationTimestamp"] = .null
            if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
            let object: JSONValue = [
                "kind": .string(definition.kind), "apiVersion": .string(definition.apiVersion), "metadata": metadata,
            ]
            if case .metadata = form { return PartialMetadata.of(object) }
            return object
        }
    }
}
