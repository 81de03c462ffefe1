import Crypto
import Foundation
import Schema

/// Seals the bodies of credential objects with AES-GCM and opens them again.
///
/// Each sealed body is bound to the object's name and version, so one row's secret cannot be put in another row's place.
struct CredentialCipher: Sendable {
    enum Failure: Error, CustomStringConvertible {
        case keyMissing(id: String, object: String)
        case damaged(object: String)

        var description: String {
            switch self {
            case .keyMissing(let id, let object):
                "\(object) was sealed with the encryption key \(id), which is not in the key file"
            case .damaged(let object): "the sealed \(object) is damaged"
            }
        }
    }

    /// The resources whose objects are, or contain, credentials.
    static let sealedResources: Set<ResourceName> = [
        ResourceName(group: "", plural: "secrets"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthaccesstokens"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthauthorizetokens"),
        ResourceName(group: "oauth.openshift.io", plural: "oauthclients"),
        // A revision carries the resolved configuration, client secrets included.
        ResourceName(group: "postern.dev", plural: "authenticationrevisions"),
    ]

    let current: EncryptionKey
    private let keys: [String: EncryptionKey]

    init(current: EncryptionKey, previous: [EncryptionKey]) {
        self.current = current
        self.keys = Dictionary((previous + [current]).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    func knows(_ keyID: String) -> Bool { keys[keyID] != nil }

    func seal(_ body: [UInt8], id: ObjectID, version: Int64) throws -> SealedBody {
        guard Self.sealedResources.contains(id.resource) else { return SealedBody(bytes: Data(body), keyID: nil) }
        let box = try AES.GCM.seal(body, using: current.symmetric, authenticating: Self.binding(id, version))
        guard let combined = box.combined else { throw Failure.damaged(object: id.description) }
        return SealedBody(bytes: combined, keyID: current.id)
    }

    func open(_ body: SealedBody, id: ObjectID, version: Int64) throws -> [UInt8] {
        guard let keyID = body.keyID else {
            // Plain bytes in the place of a sealed object were not written by us.
            guard !Self.sealedResources.contains(id.resource) else { throw Failure.damaged(object: id.description) }
            return Array(body.bytes)
        }
        guard let key = keys[keyID] else { throw Failure.keyMissing(id: keyID, object: id.description) }
        do {
            let box = try AES.GCM.SealedBox(combined: body.bytes)
            return Array(try AES.GCM.open(box, using: key.symmetric, authenticating: Self.binding(id, version)))
        } catch {
            throw Failure.damaged(object: id.description)
        }
    }

    /// The parts end with a zero byte, which no name can contain, so no two names give the same bytes.
    private static func binding(_ id: ObjectID, _ version: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [id.resource.group, id.resource.plural, id.namespace ?? "", id.name, String(version)] {
            bytes.append(contentsOf: part.utf8)
            bytes.append(0)
        }
        return bytes
    }
}

/// An object's body as it stands in a row: sealed by the named key, or plain.
struct SealedBody: Sendable {
    let bytes: Data
    let keyID: String?
}
