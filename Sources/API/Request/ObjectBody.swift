import JSON
import KubernetesProtobuf
import Schema
import Web

/// Reads the object in the body of a write.
enum ObjectBody {
    static let supported = ["application/json", "application/yaml", ProtobufBody.mediaType]

    /// Of a body that nobody said how to validate.
    static func read(_ call: APICall) throws -> JSONValue {
        var warnings: [String] = []
        return try read(call, .strict, warnings: &warnings)
    }

    /// - Parameters:
    ///   - validation: what becomes of fields that occur twice; in YAML they are refused whatever it says.
    ///   - warnings: get what the sender should know.
    static func read(
        _ call: APICall,
        _ validation: Admission.FieldValidation,
        warnings: inout [String]
    ) throws -> JSONValue {
        guard !call.body.isEmpty else { throw APIStatus.badRequest("the request has no body") }
        let value: JSONValue
        switch call.contentType ?? "application/json" {
        case "application/json": value = try json(call.body, validation, warnings: &warnings)
        case "application/yaml", "text/yaml", "application/x-yaml": value = try yaml(call.body)
        case ProtobufBody.mediaType: value = try protobuf(call.body)
        case let other:
            throw APIStatus.unsupportedMediaType(
                "the body of the request was in an unknown format - \(other.prefix(100)) - accepted media types include: "
                    + supported.joined(separator: ", ")
            )
        }
        guard value.objectValue != nil else { throw APIStatus.badRequest("the body of the request is not an object") }
        return value
    }

    /// What is in a body of a write of any kind, patches among them: for the audit log.
    static func content(of bytes: [UInt8], _ contentType: String?) throws -> JSONValue {
        var warnings: [String] = []
        switch contentType ?? "application/json" {
        case ProtobufBody.mediaType: return try protobuf(bytes)
        case let type where type.hasSuffix("yaml"): return try yaml(bytes)
        default: return try json(bytes, .ignore, warnings: &warnings)
        }
    }

    static func json(
        _ bytes: [UInt8],
        _ validation: Admission.FieldValidation,
        warnings: inout [String]
    ) throws(APIStatus) -> JSONValue {
        let read: JSONParser.Lenient
        do {
            read = try JSONParser.parseTakingLast(bytes, limits: .init(bytes: RequestLimits.bodyBytes))
        } catch {
            throw .badRequest("the body of the request is \(error)")
        }
        let duplicates = read.duplicates.map { "duplicate field \"\($0.prefix(1_000))\"" }
        switch validation {
        case .strict where !duplicates.isEmpty:
            throw .badRequest("strict decoding error: " + duplicates.joined(separator: ", "))
        case .warn: warnings += duplicates
        case .strict, .ignore: break
        }
        return read.value
    }

    private static func protobuf(_ bytes: [UInt8]) throws(APIStatus) -> JSONValue {
        do {
            return try ProtobufBody.object(in: bytes)
        } catch .unknownKind(let apiVersion, let kind) {
            throw .unsupportedMediaType(
                "the body of the request is \(ProtobufBody.Problem.unknownKind(apiVersion: apiVersion, kind: kind))"
            )
        } catch {
            throw .badRequest("the body of the request is \(error)")
        }
    }

    static func yaml(_ bytes: [UInt8]) throws -> JSONValue {
        let manifests = try ManifestReader.read(bytes, source: "the body of the request")
        guard manifests.count == 1, let manifest = manifests.first else {
            throw APIStatus.badRequest("the body of the request holds \(manifests.count) documents; it must hold one")
        }
        return manifest.value
    }
}
