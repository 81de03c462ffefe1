import JSON
import Web

/// One operation of a JSON Patch (RFC 6902).
enum JSONPatchOperation: Hashable, Sendable {
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    case test(JSONPointer, JSONValue)

    private static let most = 10_000

    static func list(_ value: JSONValue) throws(APIStatus) -> [JSONPatchOperation] {
        guard let values = value.arrayValue else { throw .badRequest("the JSON patch is not a list of operations") }
        guard values.count <= most else {
            throw APIStatus(
                code: 413,
                reason: "RequestEntityTooLarge",
                message: "The allowed maximum operations in a JSON patch is \(most), got \(values.count)"
            )
        }
        var operations: [JSONPatchOperation] = []
        for value in values { operations.append(try JSONPatchOperation(value)) }
        return operations
    }

    private init(_ value: JSONValue) throws(APIStatus) {
        guard let path = value["path"]?.stringValue.flatMap(JSONPointer.init) else {
            throw .badRequest("an operation of the JSON patch has no valid path")
        }
        let from = value["from"]?.stringValue.flatMap(JSONPointer.init)
        switch (value["op"]?.stringValue, value["value"], from) {
        case ("add", .some(let new), _): self = .add(path, new)
        case ("remove", _, _): self = .remove(path)
        case ("replace", .some(let new), _): self = .replace(path, new)
        case ("test", .some(let expected), _): self = .test(path, expected)
        case ("move", _, .some(let from)): self = .move(from: from, to: path)
        case ("copy", _, .some(let from)): self = .copy(from: from, to: path)
        default: throw .badRequest("the JSON patch has an operation that is not valid, at path \"\(path)\"")
        }
    }

    static func apply(_ operations: [JSONPatchOperation], to object: JSONValue) throws(APIStatus) -> JSONValue {
        var object = object
        for operation in operations {
            guard operation.apply(to: &object) else {
                throw APIStatus(
                    code: 422,
                    reason: "Invalid",
                    message: "the server rejected our request due to an error in our request: \(operation.problem)"
                )
            }
        }
        return object
    }

    private var problem: String {
        switch self {
        case .test(let path, _): "testing value \(path) failed"
        case .add(let path, _), .remove(let path), .replace(let path, _), .move(_, let path), .copy(_, let path):
            "the path \(path) does not exist"
        }
    }

    private func apply(to object: inout JSONValue) -> Bool {
        switch self {
        case .add(let path, let new): return path.add(new, to: &object)
        case .remove(let path): return path.remove(from: &object) != nil
        case .replace(let path, let new):
            guard path.value(in: object) != nil else { return false }
            if path.isRoot {
                object = new
                return true
            }
            guard path.remove(from: &object) != nil else { return false }
            return path.add(new, to: &object)
        case .move(let from, let to):
            guard let value = from.remove(from: &object) else { return false }
            return to.add(value, to: &object)
        case .copy(let from, let to):
            guard let value = from.value(in: object) else { return false }
            return to.add(value, to: &object)
        case .test(let path, let expected): return path.value(in: object) == expected
        }
    }
}
