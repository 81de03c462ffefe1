import Crypto
import Foundation

/// A key that seals credential objects at rest: 256 random bits and a name that follows from them.
///
/// The name stands beside each sealed object, so that a store can hold objects of several keys while one replaces another.
package struct EncryptionKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The first bytes of a digest of the key: says nothing about the key, and no two keys share it.
    package let id: String
    let symmetric: SymmetricKey

    package static func random() -> EncryptionKey { EncryptionKey(SymmetricKey(size: .bits256)) }

    /// nil when these are not 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.init(SymmetricKey(data: Array(bytes)))
    }

    private init(_ symmetric: SymmetricKey) {
        self.symmetric = symmetric
        let digest = symmetric.withUnsafeBytes { SHA256.hash(data: Array("postern encryption key\0".utf8) + Array($0)) }
        self.id = digest.prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    /// For the key file only.
    func expose() -> [UInt8] { symmetric.withUnsafeBytes { Array($0) } }

    package var description: String { "<encryption key \(id)>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
