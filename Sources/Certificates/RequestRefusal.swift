/// Why a certificate request is not signed.
package enum RequestRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable
    /// Whoever asks has not shown that the key is theirs.
    case wrongSignature
    case weakKey
    case unsupportedKey

    /// A word for programs.
    package var reason: String {
        switch self {
        case .unreadable: "UnreadableRequest"
        case .wrongSignature: "WrongSignature"
        case .weakKey: "WeakKey"
        case .unsupportedKey: "UnsupportedKey"
        }
    }

    package var description: String {
        switch self {
        case .unreadable: "the request is not one PKCS#10 certificate request as PEM"
        case .wrongSignature: "the request is not signed with the key that it is for"
        case .weakKey: "the key is too weak: an RSA key must have 2048 bits at least"
        case .unsupportedKey: "the key must be P-256, P-384, or RSA of 2048 to 8192 bits"
        }
    }
}
