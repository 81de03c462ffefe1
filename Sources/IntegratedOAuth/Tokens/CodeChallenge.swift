import Crypto
import Foundation

/// The challenge that binds an authorization code to the client that asked for it (PKCE, RFC 7636). Only `S256` is taken.
package struct CodeChallenge: Hashable, Sendable {
    package let text: String

    /// nil when the text cannot be a SHA-256 in base64url.
    package init?(_ text: String) {
        guard text.utf8.count == 43, text.utf8.allSatisfy(isUnreserved) else { return nil }
        self.text = text
    }

    package func isAnswered(by verifier: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(isUnreserved) else { return false }
        return isEqualInConstantTime(base64URL(Data(SHA256.hash(data: Data(verifier.utf8)))).utf8, text.utf8)
    }
}

/// `unreserved` of RFC 3986, section 2.3.
private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
}
