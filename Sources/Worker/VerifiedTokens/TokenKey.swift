import Crypto
import Foundation

/// What a verified token is found by again: an HMAC of the token and of what was asked about it.
///
/// Whoever gets hold of a worker's memory gets no tokens from it, and nobody can choose a token that meets another's key.
struct TokenKey: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    /// A part of the key, to find a place by.
    var place: UInt64 { words.x }

    /// Makes keys. Its secret is random, and as old as it is.
    struct Maker: Sendable {
        /// Made once and copied for each token: its beginning is the same for all.
        private let secret = HMAC<SHA256>(key: SymmetricKey(size: .bits256))

        /// - Parameter question: what is asked, so that the answer to one question is never given to another.
        func key(of token: Substring.UTF8View, question: String) -> TokenKey {
            var code = secret
            // The length keeps the two apart.
            withUnsafeBytes(of: UInt64(question.utf8.count).littleEndian) { code.update(data: $0) }
            for text in [Substring(question).utf8, token] {
                let isDone: Void? = text.withContiguousStorageIfAvailable { code.update(data: UnsafeRawBufferPointer($0)) }
                if isDone == nil { code.update(data: Array(text)) }
            }
            return TokenKey(words: code.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) })
        }
    }
}
