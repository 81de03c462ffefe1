package import JSON

/// The claims of a token without what they say about a person: which there are, of which kind, and for whom the token was made.
///
/// Numbers and texts are gone, a text is the name of its claim; `iss`, `aud`, `azp` and what is only true or false stay. As a `ClaimSample` it shows whether
/// tokens of this kind have what a configuration needs.
package struct ClaimShape: Hashable, Sendable {
    /// The limits of what is kept of one token.
    private static let (maximumClaims, maximumNested, maximumDepth, maximumLength) = (64, 16, 3, 2_048)
    package let claims: JSONObject

    /// - Parameter token: one that was accepted; nil for one that is no JWT, or whose shape is too large to keep.
    package init?(token: [UInt8]) {
        guard let jws = try? CompactJWS(token) else { return nil }
        self.init(claims: jws.claims.object)
    }

    /// nil for one that is too large to keep.
    package init?(claims object: JSONObject) {
        guard object.names.count <= Self.maximumClaims else { return nil }
        var shape = JSONObject()
        for name in object.names {
            guard let value = object[name] else { continue }
            switch name {
            case "iss", "aud", "azp": shape[name] = value
            case "exp", "iat", "nbf": break
            default: shape[name] = Self.shape(of: value, name, depth: 1)
            }
        }
        guard JSONWriter.bytes(of: .object(shape)).count <= Self.maximumLength else { return nil }
        claims = shape
    }

    /// As it was written down.
    package init(kept claims: JSONObject) { self.claims = claims }

    private static func shape(of value: JSONValue, _ name: String, depth: Int) -> JSONValue {
        switch value {
        case .null, .bool: return value
        case .integer, .number: return 0
        case .string(let string): return .string(string.contains("@") ? "\(name)@x" : string.isEmpty ? "" : name)
        case .array(let values):
            guard depth < maximumDepth else { return [] }
            // Of many that are alike one is enough; an empty list is something else than a list of some.
            var kinds: [JSONValue] = []
            for value in values.prefix(maximumNested) {
                let kind = shape(of: value, name, depth: depth + 1)
                if !kinds.contains(kind) { kinds.append(kind) }
            }
            return .array(kinds)
        case .object(let object):
            guard depth < maximumDepth else { return [:] }
            var kept = JSONObject()
            for name in object.names.prefix(maximumNested) {
                kept[name] = object[name].map { shape(of: $0, name, depth: depth + 1) }
            }
            return .object(kept)
        }
    }
}
