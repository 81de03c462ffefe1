package import JSON
import SwiftProtobuf

/// The body of a request in Kubernetes' protobuf form (`application/vnd.kubernetes.protobuf`): four bytes `k8s\0`, then a
/// `runtime.Unknown` that names a kind and holds the object.
///
/// kubectl and other clients with compiled-in types send the built-in kinds so, and never fall back to JSON.
package enum ProtobufBody {
    package static let mediaType = "application/vnd.kubernetes.protobuf"

    /// Why bytes are no object that can be read here.
    package enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        case noMagic
        case malformed
        case encoded(String)
        case unknownKind(apiVersion: String, kind: String)

        package var description: String {
            switch self {
            case .noMagic: "not Kubernetes' protobuf: it does not begin with \"k8s\\0\""
            case .malformed: "not valid protobuf"
            case .encoded(let encoding): "encoded as \(encoding.prefix(100)), which is not read"
            case .unknownKind(let apiVersion, let kind):
                "of kind \(kind.prefix(100)) in \(apiVersion.prefix(100)), which has no protobuf form here: send application/json"
            }
        }
    }

    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// The object as JSON clients would have sent it: what is empty is left out, as Go's `omitempty` does.
    ///
    /// Fields that are not known are passed over, as protobuf means them to be.
    package static func object(in bytes: [UInt8]) throws(Problem) -> JSONValue {
        guard bytes.starts(with: magic) else { throw .noMagic }
        let unknown: ProtoUnknown
        do {
            unknown = try ProtoUnknown(serializedBytes: Array(bytes.dropFirst(magic.count)))
        } catch {
            throw .malformed
        }
        guard unknown.contentEncoding.isEmpty else { throw .encoded(unknown.contentEncoding) }
        let (apiVersion, kind) = (unknown.typeMeta.apiVersion, unknown.typeMeta.kind)
        guard let read = readers[Kind(apiVersion: apiVersion, kind: kind)] else {
            throw .unknownKind(apiVersion: apiVersion, kind: kind)
        }
        var fields: SparseObject
        do {
            fields = try read(Array(unknown.raw))
        } catch {
            throw .malformed
        }
        fields.set("apiVersion", apiVersion)
        fields.set("kind", kind)
        return fields.value
    }

    // MARK: - Kinds

    private struct Kind: Hashable {
        let apiVersion: String
        let kind: String
    }

    private typealias Reader = @Sendable ([UInt8]) throws -> SparseObject

    private static func reader<Message: ReadableMessage>(_: Message.Type) -> Reader {
        { try Message(serializedBytes: $0).fields }
    }

    private static let readers: [Kind: Reader] = {
        let byGroup: [String: [String: Reader]] = [
            "v1": [
                "Secret": reader(ProtoSecret.self), "ConfigMap": reader(ProtoConfigMap.self),
                "Namespace": reader(ProtoNamespace.self), "Event": reader(ProtoEvent.self),
                "DeleteOptions": reader(ProtoDeleteOptions.self),
            ],
            "meta.k8s.io/v1": ["DeleteOptions": reader(ProtoDeleteOptions.self)],
            "coordination.k8s.io/v1": ["Lease": reader(ProtoLease.self)],
            "authentication.k8s.io/v1": [
                "TokenReview": reader(ProtoTokenReview.self), "SelfSubjectReview": reader(ProtoSelfSubjectReview.self),
            ],
            "authorization.k8s.io/v1": [
                "SelfSubjectAccessReview": reader(ProtoSelfSubjectAccessReview.self),
                "SelfSubjectRulesReview": reader(ProtoSelfSubjectRulesReview.self),
            ],
            "rbac.authorization.k8s.io/v1": [
                "Role": reader(ProtoRole.self), "ClusterRole": reader(ProtoRole.self),
                "RoleBinding": reader(ProtoRoleBinding.self), "ClusterRoleBinding": reader(ProtoRoleBinding.self),
            ],
        ]
        var readers: [Kind: Reader] = [:]
        for (apiVersion, kinds) in byGroup {
            for (kind, reader) in kinds { readers[Kind(apiVersion: apiVersion, kind: kind)] = reader }
        }
        return readers
    }()
}

/// A message that can be told as a JSON object.
protocol ReadableMessage: SwiftProtobuf.Message {
    var fields: SparseObject { get }
}
