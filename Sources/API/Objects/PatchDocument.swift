import JSON
import Schema
import Web

/// The body of a PATCH: how an object is to be changed.
enum PatchDocument: Hashable, Sendable {
    case merge(JSONValue)
    case strategic(StrategicMergePatch)
    case operations([JSONPatchOperation])
    /// A configuration for server-side apply, which needs to know more than the object.
    case apply(JSONValue)

    /// - Parameters:
    ///   - validation: what becomes of fields that occur twice.
    ///   - warnings: get what the sender should know.
    init(
        _ call: APICall,
        for definition: ResourceDefinition,
        _ validation: Admission.FieldValidation,
        warnings: inout [String]
    ) throws(APIStatus) {
        switch call.contentType {
        case "application/merge-patch+json":
            self = .merge(try Self.object(call.body, validation, &warnings))
        case "application/json-patch+json":
            self = .operations(try JSONPatchOperation.list(try ObjectBody.json(call.body, validation, warnings: &warnings)))
        case "application/apply-patch+yaml":
            self = .apply(try Self.configuration(call.body))
        case "application/strategic-merge-patch+json" where definition.isBuiltIn:
            self = .strategic(
                StrategicMergePatch(try Self.object(call.body, validation, &warnings), schema: definition.openAPISchema)
            )
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
        case .strategic(let patch): try patch.applied(to: old)
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

    private static func object(
        _ bytes: [UInt8],
        _ validation: Admission.FieldValidation,
        _ warnings: inout [String]
    ) throws(APIStatus) -> JSONValue {
        let value = try ObjectBody.json(bytes, validation, warnings: &warnings)
        guard value.objectValue != nil else { throw .badRequest("the patch is not an object") }
        return value
    }
}
