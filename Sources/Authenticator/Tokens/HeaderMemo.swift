import Atomics
import Foundation

/// The header that a provider's tokens had last, read: nearly all of its tokens have the very same one.
///
/// What it gives is what reading gives, for it goes by every byte; so it decides nothing, and whatever somebody else's token leaves in it
/// only costs the next one the reading.
final class HeaderMemo: Sendable {
    private final class Entry: AtomicReference, Sendable {
        /// As it stands in the token, encoded.
        let text: [UInt8]
        let header: JWSHeader

        init(_ text: [UInt8], _ header: JWSHeader) { (self.text, self.header) = (text, header) }
    }

    /// A longer one is read each time.
    private static let maximumLength = 1024

    private let last = ManagedAtomic<Entry?>(nil)

    func header(of jws: CompactJWS) throws(Refusal) -> JWSHeader {
        let text = jws.headerText
        if let entry = last.load(ordering: .acquiring), Self.isSame(entry.text, text) { return entry.header }
        let header = try jws.header()
        if text.count <= Self.maximumLength { last.store(Entry(Array(text), header), ordering: .releasing) }
        return header
    }

    /// As `==` of slices, which looks at one byte after the other.
    private static func isSame(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let start = left.baseAddress, let other = right.baseAddress else { return true }
                return memcmp(start, other, left.count) == 0
            }
        }
    }
}
