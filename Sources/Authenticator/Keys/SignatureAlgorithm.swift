/// The signature algorithms that prove something: asymmetric ones only (RFC 7518 section 3.1, RFC 8037, RFC 9864).
///
/// There is no case for `none` and none for HS256 and its kin, so no code path can take them.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"
    /// The newer name of EdDSA with this curve.
    case ed25519 = "Ed25519"

    enum Digest: Sendable { case sha256, sha384, sha512 }

    /// What is signed; EdDSA hashes by itself, so it has none.
    var digest: Digest? {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .es512: .sha512
        case .edDSA, .ed25519: nil
        }
    }

    enum RSAPadding: Sendable { case pkcs1, pss }

    /// nil for algorithms that are not RSA.
    var rsaPadding: RSAPadding? {
        switch self {
        case .rs256, .rs384, .rs512: .pkcs1
        case .ps256, .ps384, .ps512: .pss
        default: nil
        }
    }
}
