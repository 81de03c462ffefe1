package import JSON
package import Schema

/// The config maps and secrets that an `Authentication` refers to, as they were when it was looked at.
package struct ReferencedObjects: Hashable, Sendable {
    private let objects: [ObjectID: JSONValue]

    package init(_ objects: [ObjectID: JSONValue] = [:]) { self.objects = objects }

    /// A piece of a config map; nil when it, or the piece, is not there.
    func text(_ key: String, of id: ObjectID) -> String? { objects[id]?["data"]?[key]?.stringValue }

    func contains(_ id: ObjectID) -> Bool { objects[id] != nil }

    func hasKey(_ key: String, in id: ObjectID) -> Bool {
        ["data", "stringData", "binaryData"].contains { objects[id]?[$0]?[key]?.stringValue?.isEmpty == false }
    }

    /// Changes when the object does, also when it was deleted and created again; nil when it is not there.
    func stamp(of id: ObjectID) -> String? { objects[id].map(Self.stamp) }

    /// Changes when one of the objects does.
    package var versions: [String] { objects.map { "\($0)@\(Self.stamp($1))" }.sorted() }

    private static func stamp(_ object: JSONValue) -> String {
        let metadata = object["metadata"]
        return "\(metadata?["uid"]?.stringValue ?? "")/\(metadata?["resourceVersion"]?.stringValue ?? "")"
    }
}

extension Authentication.Spec {
    /// Everything that has to be read before this can be resolved.
    package var references: [ObjectID] {
        var found: [ObjectID] = []
        if let name = oauthMetadata?.name, !name.isEmpty { found.append(.configMap(name)) }
        if mode == .integratedOAuth { found.append(.oauthMetadata) }
        guard mode == .oidc else {
            if let name = webhookTokenAuthenticator?.kubeConfig.name, !name.isEmpty { found.append(.secret(name)) }
            return found
        }
        for provider in oidcProviders ?? [] {
            let issuer = provider.issuer
            for name in [issuer.issuerCertificateAuthority, issuer.staticKeys].compactMap({ $0?.name }) where !name.isEmpty {
                found.append(.configMap(name))
            }
            for name in (provider.oidcClients ?? []).compactMap(\.clientSecret?.name) where !name.isEmpty {
                found.append(.secret(name))
            }
            found += (provider.externalClaimsSources ?? []).flatMap(\.references)
        }
        return found
    }
}

extension Authentication.ExternalClaimsSource {
    fileprivate var references: [ObjectID] {
        let credential = authentication?.clientCredential
        let authorities = [tls, credential?.tls].compactMap { $0?.certificateAuthority.name }.filter { !$0.isEmpty }
        return authorities.map(ObjectID.configMap) + (credential.map { [.secret($0.clientSecret.name)] } ?? [])
    }
}
