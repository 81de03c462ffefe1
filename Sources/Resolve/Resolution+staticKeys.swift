import Authenticator
import Schema

/// Keys that the administrator holds instead of the provider publishing them.
extension Resolution {
    mutating func staticKeys(
        of provider: Authentication.OIDCProvider,
        at path: String,
        _ objects: ReferencedObjects
    ) -> String? {
        guard let name = provider.issuer.staticKeys?.name, !name.isEmpty else { return nil }
        let prefix = generating("issuer", provider) + "getting static keys for issuer: "
        let field = "\(path).issuer.staticKeys"
        guard let text = text(of: .staticKeys, in: name, namedAt: field, prefix: prefix, objects) else { return nil }
        guard let problem = Self.problem(withStaticKeys: text) else { return text }
        let place = "\(ObjectID.configNamespace)/\(name)"
        report(
            prefix + "configmap \(place) key \"jwks.json\" is invalid: \(problem)",
            "the key jwks.json of config map \(place) cannot be used: \(problem); put the provider's public keys there"
        )
        return nil
    }

    /// A key that is unusable for another reason is skipped, as one that a provider publishes. A secret one is not: the text goes
    /// into revisions and to workers, where a secret has no place.
    private static func problem(withStaticKeys text: String) -> String? {
        let keys: KeySet
        do { keys = try KeySet.parse(text) } catch { return "\(error)" }
        if let secret = keys.unusable.first(where: { [.privateKeyPublished, .sharedSecret].contains($0.reason) }) {
            return "\(secret)"
        }
        guard !keys.isUsable else { return nil }
        return keys.unusable.first.map { "no key can be used: \($0)" } ?? "it has no keys"
    }
}
