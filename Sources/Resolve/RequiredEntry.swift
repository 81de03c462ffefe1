import Schema

/// An entry of a config map that has to be there once the map is named, with the words that tell of its absence.
struct RequiredEntry {
    let key: String
    /// What the operator's message calls the config map.
    var map = "auth configmap"
    /// What the operator's message says it is read for.
    var purpose = ""
    /// What a person is told to do about a missing entry.
    let remedy: String

    static let oauthMetadata = RequiredEntry(key: "oauthMetadata", map: "oauth metadata configmap", remedy: "add it")
    static let authority = RequiredEntry(
        key: "ca-bundle.crt",
        purpose: " to check CA bundle",
        remedy: "add the provider's CA in PEM there"
    )
    static let staticKeys = RequiredEntry(key: "jwks.json", remedy: "add the provider's JWK Set there")
}

extension Resolution {
    /// The entry's text; nil, and reported, when the config map or the entry is not there.
    ///
    /// - Parameters:
    ///   - name: of the config map.
    ///   - field: where it is named.
    ///   - prefix: what the operator's message begins with.
    mutating func text(
        of entry: RequiredEntry,
        in name: String,
        namedAt field: String,
        prefix: String = "",
        _ objects: ReferencedObjects
    ) -> String? {
        let place = "\(ObjectID.configNamespace)/\(name)"
        let named = "config map \(place), named in \(field),"
        guard objects.contains(.configMap(name)) else {
            report(
                prefix + "could not retrieve \(entry.map) \(place)\(entry.purpose): configmap \"\(name)\" not found",
                "\(named) does not exist; create it with the key \(entry.key)"
            )
            return nil
        }
        guard let text = objects.text(entry.key, of: .configMap(name)), !text.isEmpty else {
            report(
                prefix + "configmap \(place) key \"\(entry.key)\" missing or empty",
                "\(named) has no key \(entry.key); \(entry.remedy)"
            )
            return nil
        }
        return text
    }
}
