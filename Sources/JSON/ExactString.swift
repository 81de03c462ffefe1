/// A string that is compared by its UTF-8 bytes, for use as a key.
///
/// Swift's `String` takes canonically equivalent texts for equal; an issuer or a user whose name only renders alike is another one.
package struct ExactString: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    package static func == (left: ExactString, right: ExactString) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package func hash(into hasher: inout Hasher) { hasher.combine(utf8Of: text) }
}

extension Hasher {
    /// Feeds a text as bytes. The end mark keeps `"ab", "c"` and `"a", "bc"` apart.
    mutating func combine(utf8Of text: String) {
        let fed: Void? = text.utf8.withContiguousStorageIfAvailable { combine(bytes: UnsafeRawBufferPointer($0)) }
        if fed == nil { for byte in text.utf8 { combine(byte) } }
        combine(0xFF as UInt8)
    }
}
