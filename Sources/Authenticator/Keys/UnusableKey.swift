/// A key of a provider's set that nothing is verified with, and why. One of them never spoils the others.
package struct UnusableKey: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case notAnObject
        case missing(String)
        case unknownKeyType(String)
        case unknownCurve(String)
        /// `kty: oct`: a shared secret has no place in a public set.
        case sharedSecret
        /// The private half was published with it.
        case privateKeyPublished
        /// `use` or `key_ops` say that it is for something else.
        case notForSignatures(String)
        /// `alg` is one that we do not take, or not one of this type of key.
        case algorithm(String)
        case rsaSize(bits: Int)
        case rsaExponent
        case rsaModulusEven
        /// Not a point of its curve, a point of small order, or one that is not spelled in the one allowed way.
        case badPoint
        case malformed(String)
    }

    package let keyID: String?
    package let reason: Reason

    package var description: String {
        let name = keyID.map { "key \(quoted($0))" } ?? "a key without kid"
        return "\(name): \(reason.words)"
    }
}

extension UnusableKey.Reason {
    fileprivate var words: String {
        switch self {
        case .notAnObject: "not a JSON object"
        case .missing(let member): "\(member) is missing"
        case .unknownKeyType(let type): "unknown kty \(quoted(type))"
        case .unknownCurve(let curve): "unknown crv \(quoted(curve))"
        case .sharedSecret: "a shared secret (kty oct) does not belong into a public key set"
        case .privateKeyPublished: "its private half is published too"
        case .notForSignatures(let why): "not for verifying signatures (\(why))"
        case .algorithm(let name): "alg \(quoted(name)) is not for this type of key"
        case .rsaSize(let bits): "an RSA key of \(bits) bits; 2048 to 8192 are taken"
        case .rsaExponent: "the RSA exponent is even, below 3, or too long"
        case .rsaModulusEven: "the RSA modulus is even"
        case .badPoint: "not a good point of its curve"
        case .malformed(let member): "\(member) has the wrong form"
        }
    }
}
