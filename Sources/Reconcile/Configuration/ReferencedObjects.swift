import JSON
import Schema
package import Store

/// The config maps and secrets that an `Authentication` refers to, as they were when it was looked at.
package struct ReferencedObjects: Hashable, Sendable {
    private let objects: [ObjectID: StoredObject]

    package init(_ objects: [StoredObject] = []) {
        self.objects = Dictionary(objects.map { ($0.id, $0) }) { first, _ in first }
    }

    /// A piece of a config map; nil when it, or the piece, is not there.
    func text(_ key: String, of id: ObjectID) -> String? { objects[id]?.value["data"]?[key]?.stringValue }

    func contains(_ id: ObjectID) -> Bool { objects[id] != nil }

    func hasKey(_ key: String, in id: ObjectID) -> Bool {
        ["data", "stringData", "binaryData"].contains { objects[id]?.value[$0]?[key]?.stringValue?.isEmpty == false }
    }

    /// Changes when one of the objects does.
    var versions: [String] { objects.values.map { "\($0.id)@\($0.version)" }.sorted() }
}

extension Authentication.Spec {
    /// Everything that has to be read before this can be resolved.
    package var references: [ObjectID] {
        var found: [ObjectID] = []
        if let name = oauthMetadata?.name, !name.isEmpty { found.append(.configMap(name)) }
        if mode == .integratedOAuth { found.append(.oauthMetadata) }
        guard mode == .oidc else { return found }
        for provider in oidcProviders ?? [] {
            let issuer = provider.issuer
            for name in [issuer.issuerCertificateAuthority, issuer.staticKeys].compactMap({ $0?.name }) where !name.isEmpty {
                found.append(.configMap(name))
            }
            for name in (provider.oidcClients ?? []).compactMap(\.clientSecret?.name) where !name.isEmpty {
                found.append(.secret(name))
            }
        }
        return found
    }
}
