import JSON

/// A provider's keys, made from its JWK Set (RFC 7517 section 5): immutable, made once for each fetched set.
package struct KeySet: Sendable {
    package static let maximumLength = 1 << 20
    package static let maximumKeys = 512
    /// Without `kid` every fitting key is tried; this many at most, so that one token cannot cost unbounded work.
    static let maximumTries = 32

    package let keys: [VerificationKey]
    /// Keys that were skipped, for the worker's status.
    package let unusable: [UnusableKey]
    private let keysByID: [ExactString: [VerificationKey]]

    package var isUsable: Bool { !keys.isEmpty }

    package static func parse(_ jwks: String) throws(KeySetError) -> KeySet {
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONParser.parse(jwks, limits: .init(bytes: maximumLength, depth: 32))
        } catch {
            throw error.reason == .tooLarge ? .tooLarge : .malformed("\(error)")
        }
        guard let values = document["keys"]?.arrayValue else { throw .malformed("there is no array \"keys\"") }
        guard values.count <= maximumKeys else { throw .tooManyKeys(values.count) }
        var keys: [VerificationKey] = []
        var unusable: [UnusableKey] = []
        for value in values {
            do throws(UnusableKey) {
                keys.append(try JSONWebKey.verificationKey(value))
            } catch {
                unusable.append(error)
            }
        }
        return KeySet(keys: keys, unusable: unusable)
    }

    private init(keys: [VerificationKey], unusable: [UnusableKey]) {
        self.keys = keys
        self.unusable = unusable
        keysByID = Dictionary(grouping: keys.filter { $0.keyID != nil }) { ExactString($0.keyID ?? "") }
    }

    /// The key that made the signature over `text`. A token that names a key is never tried with another one.
    func key(of header: JWSHeader, whichMade signature: [UInt8], over text: ArraySlice<UInt8>) throws(Refusal)
        -> VerificationKey
    {
        let candidates: [VerificationKey]
        if let keyID = header.keyID {
            guard let named = keysByID[ExactString(keyID)] else { throw refusal(forUnknown: keyID) }
            candidates = named
        } else {
            candidates = keys
        }
        var tries = 0
        for key in candidates where key.fits(header.algorithm) && tries < Self.maximumTries {
            if key.verifies(signature, of: text, by: header.algorithm) { return key }
            tries += 1
        }
        throw refusal(after: tries, header)
    }

    private func refusal(after tries: Int, _ header: JWSHeader) -> Refusal {
        let algorithm = header.algorithm.rawValue
        switch (header.keyID, tries) {
        case (let keyID?, 0): return Refusal(.keyUnfit, "key \(quoted(keyID)) does not serve \(algorithm)")
        case (nil, 0): return Refusal(.keyUnknown, "no kid, and no key for \(algorithm)")
        case (let keyID?, _): return Refusal(.signatureInvalid, "kid \(quoted(keyID))")
        case (nil, _): return Refusal(.signatureInvalid, "no kid, and none of the keys verifies it")
        }
    }

    private func refusal(forUnknown keyID: String) -> Refusal {
        if let skipped = unusable.first(where: { $0.keyID?.utf8.elementsEqual(keyID.utf8) == true }) {
            return Refusal(.keyUnfit, "\(skipped)")
        }
        return Refusal(.keyUnknown, "kid \(quoted(keyID))", unknownKeyID: keyID)
    }
}

/// Why a text is not a key set at all.
package enum KeySetError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooLarge
    case tooManyKeys(Int)
    case malformed(String)

    package var description: String {
        switch self {
        case .tooLarge: "the key set is larger than 1 MiB"
        case .tooManyKeys(let count): "the key set has \(count) keys; 512 are taken"
        case .malformed(let why): "not a JWK Set: \(why)"
        }
    }
}
