import JSON
import Schema
import Web

/// The body of a PATCH: how an object is to be changed.
enum PatchDocument: Hashable, Sendable {
    case merge(JSONValue)
    case operations([JSONPatchOperation])
    /// A configuration for server-side apply, which needs to know more than the object.
    case apply(JSONValue)

    init(_ call: APICall, for definition: ResourceDefinition) throws(APIStatus) {
        switch call.contentType {
        case "application/merge-patch+json":
            self = .merge(try Self.object(call.body))
        case "application/json-patch+json":
            self = .operations(try JSONPatchOperation.list(try ObjectBody.json(call.body)))
        case "application/apply-patch+yaml":
            self = .apply(try Self.configuration(call.body))
        case "application/strategic-merge-patch+json" where definition.isBuiltIn:
            let patch = try Self.object(call.body)
            // Without directives a strategic patch of maps is a merge patch; lists are replaced as a whole.
            guard !Self.hasDirective(patch, depth: 0) else {
                throw .unsupportedMediaType(
                    "strategic merge directives ($patch, $setElementOrder …) are not supported: send a merge patch"
                )
            }
            self = .merge(patch)
        default:
            throw .unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: "
                    + Self.accepted(definition).joined(separator: ", ")
            )
        }
    }

    /// The object after the patch; `old` is what is stored.
    func applied(to old: JSONValue) throws(APIStatus) -> JSONValue {
        switch self {
        case .merge(let patch): mergePatch(patch, into: old)
        case .operations(let operations): try JSONPatchOperation.apply(operations, to: old)
        case .apply: throw .internalError
        }
    }

    private static func accepted(_ definition: ResourceDefinition) -> [String] {
        let all = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
        return definition.isBuiltIn ? all + ["application/strategic-merge-patch+json"] : all
    }

    private static func configuration(_ bytes: [UInt8]) throws(APIStatus) -> JSONValue {
        do {
            return try ObjectBody.yaml(bytes)
        } catch {
            throw APIStatus.of(error) ?? .badRequest("error decoding YAML: \(error)")
        }
    }

    private static func object(_ bytes: [UInt8]) throws(APIStatus) -> JSONValue {
        let value = try ObjectBody.json(bytes)
        guard value.objectValue != nil else { throw .badRequest("the patch is not an object") }
        return value
    }

    private static func hasDirective(_ value: JSONValue, depth: Int) -> Bool {
        switch value {
        case .object(let object): object.contains { $0.name.hasPrefix("$") || hasDirective($0.value, depth: depth + 1) }
        case .array(let values): values.contains { hasDirective($0, depth: depth + 1) }
        default: false
        }
    }
}
