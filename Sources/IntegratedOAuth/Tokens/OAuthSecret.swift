import Crypto
import Foundation

/// A token or code as it is given to its owner: `sha256~` and 43 characters. Only its hash is ever stored.
package struct OAuthSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private static let prefix = "sha256~"
    private let text: String

    /// Makes a new one from 32 random bytes.
    package static func generate() -> OAuthSecret {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return OAuthSecret(text: prefix + base64URL(random))
    }

    /// Takes what a client sent; nil when it has not the form of ours.
    package init?(received text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count > Self.prefix.utf8.count, text.utf8.count <= 256 else { return nil }
        self.text = text
    }

    private init(text: String) { self.text = text }

    /// The text for the answer to its owner, and for nothing else.
    package func expose() -> String { text }

    /// The name of the object that records it: `sha256~` and the hash of what follows the prefix.
    package var objectName: String {
        Self.prefix + base64URL(Data(SHA256.hash(data: Data(text.utf8.dropFirst(Self.prefix.utf8.count)))))
    }

    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Base 64 with the alphabet for URLs and without padding (RFC 4648, section 5).
func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
