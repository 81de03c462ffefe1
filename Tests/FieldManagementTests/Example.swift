import JSON

@testable import FieldManagement

/// A resource with every kind of list and map, for tests.
enum Example {
    static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "type": ["type": "string"],
                    "options": ["type": "object", "additionalProperties": ["type": "string"]],
                    "whole": [
                        "type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": ["type": "string"],
                    ],
                    "order": ["type": "array", "items": ["type": "string"]],
                    "audiences": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"]],
                    "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                    "providers": [
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": [
                            "type": "object",
                            "properties": [
                                "name": ["type": "string"], "url": ["type": "string"],
                                "claims": [
                                    "type": "object", "properties": ["user": ["type": "string"], "groups": ["type": "string"]],
                                ],
                            ],
                        ],
                    ],
                    "ports": [
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
                        "items": [
                            "type": "object",
                            "properties": [
                                "port": ["type": "integer"], "protocol": ["type": "string", "default": "TCP"],
                                "use": ["type": "string"],
                            ],
                        ],
                    ],
                ],
            ]
        ],
    ]
    static let ownership = FieldOwnership(shape: MergeShape(objectSchema: schema), apiVersion: "example.org/v1")

    static func object(_ spec: JSONValue, labels: JSONValue? = nil) -> JSONValue {
        var object: JSONValue = ["apiVersion": "example.org/v1", "kind": "Example", "metadata": ["name": "e"]]
        object["spec"] = spec
        if let labels { object["metadata"]?["labels"] = labels }
        return object
    }
}

/// One object and its managers, as a server keeps them from write to write.
struct Server {
    private(set) var object: JSONValue = ["apiVersion": "example.org/v1", "kind": "Example", "metadata": ["name": "e"]]
    private(set) var managed = ManagedFields()
    private(set) var clock = 0

    var spec: JSONValue? { object["spec"] }

    mutating func apply(_ spec: JSONValue, by manager: String, isForced: Bool = false, labels: JSONValue? = nil) throws {
        let applied = try Example.ownership.applying(
            Example.object(spec, labels: labels),
            to: object,
            managed: managed,
            manager: manager,
            isForced: isForced,
            time: time()
        )
        (object, managed) = (applied.object, applied.managed)
    }

    mutating func update(_ spec: JSONValue, by manager: String) {
        var new = object
        new["spec"] = spec
        managed = Example.ownership.updating(from: object, to: new, managed: managed, manager: manager, time: time())
        object = new
    }

    private mutating func time() -> String {
        clock += 1
        return "2026-01-01T00:00:\(clock < 10 ? "0" : "")\(clock % 60)Z"
    }

    func fields(_ manager: String, _ operation: ManagedFields.Operation = .apply) -> [String] {
        managed[.init(name: manager, operation: operation, apiVersion: "example.org/v1")].paths.map { path in
            path.map(\.description).joined()
        }
    }
}
