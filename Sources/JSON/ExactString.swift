import Glibc

/// A string that is compared by its UTF-8 bytes, for use as a key.
///
/// Swift's `String` takes canonically equivalent texts for equal; an issuer or a user whose name only renders alike is another one.
package struct ExactString: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    package static func == (left: ExactString, right: ExactString) -> Bool { left.text.hasSameBytes(as: right.text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(utf8Of: text) }
}

extension String {
    /// Whether two texts are the same bytes; faster than comparing their `utf8` element by element.
    package func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return other.utf8.withContiguousStorageIfAvailable { hasSameBytes(as: $0) } ?? utf8.elementsEqual(other.utf8)
    }

    package func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard utf8.count == other.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            guard let own = own.baseAddress, let other = other.baseAddress else { return true }
            return memcmp(own, other, utf8.count) == 0
        }
        return isSame ?? utf8.elementsEqual(other)
    }
}

extension Hasher {
    /// Feeds a text as bytes. The end mark keeps `"ab", "c"` and `"a", "bc"` apart.
    mutating func combine(utf8Of text: String) {
        let fed: Void? = text.utf8.withContiguousStorageIfAvailable { combine(bytes: UnsafeRawBufferPointer($0)) }
        if fed == nil { for byte in text.utf8 { combine(byte) } }
        combine(0xFF as UInt8)
    }
}
