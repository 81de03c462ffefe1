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
        let place = "\(ObjectID.configNamespace)/\(name)"
        guard objects.contains(.configMap(name)) else {
            report(
                prefix + "could not retrieve auth configmap \(place): configmap \"\(name)\" not found",
                "config map \(place), named in \(path).issuer.staticKeys, does not exist; create it with the key jwks.json"
            )
            return nil
        }
        guard let text = objects.text("jwks.json", of: .configMap(name)), !text.isEmpty else {
            report(
                prefix + "configmap \(place) key \"jwks.json\" missing or empty",
                "config map \(place), named in \(path).issuer.staticKeys, has no key jwks.json; add the provider's JWK Set there"
            )
            return nil
        }
        guard let problem = Self.problem(withStaticKeys: text) else { return text }
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
