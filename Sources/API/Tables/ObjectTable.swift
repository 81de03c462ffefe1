import JSON
import Schema

/// Objects as clients print them: `kind: Table` of meta.k8s.io/v1.
struct ObjectTable: Sendable {
    /// How much of an object goes along with its row.
    enum Include: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case whole = "Object"
    }

    private let columns: [TableColumn]
    private let include: Include

    init(_ definition: ResourceDefinition, include: Include) {
        columns = TableColumn.columns(of: definition)
        self.include = include
    }

    func table(_ objects: [JSONValue], listMetadata: JSONValue, now: Int64) -> JSONValue {
        [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": listMetadata,
            "columnDefinitions": .array(columns.map(\.definition)),
            "rows": .array(objects.map { row($0, now: now) }),
        ]
    }

    private func row(_ object: JSONValue, now: Int64) -> JSONValue {
        var row: JSONValue = ["cells": .array(columns.map { $0.cell(object, now) })]
        switch include {
        case .none: break
        case .metadata: row["object"] = PartialMetadata.of(object)
        case .whole: row["object"] = object
        }
        return row
    }
}

/// Objects without anything but their metadata.
enum PartialMetadata {
    static func of(_ object: JSONValue) -> JSONValue {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
    }

    static func list(_ objects: [JSONValue], listMetadata: JSONValue) -> JSONValue {
        [
            "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": listMetadata,
            "items": .array(objects.map(of)),
        ]
    }
}
