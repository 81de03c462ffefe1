/// Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), in its one canonical spelling.
///
/// Foundation's decoder takes other spellings of the same bytes; then one token has several texts, and whatever is keyed by the
/// text (caches, deny lists) can be walked around.
package enum Base64URL {
    /// nil for padding, `+`, `/`, white space, a length that cannot be, or last bits that are not zero.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var output = [UInt8](repeating: 0, count: text.count / 4 * 3 + max(0, text.count % 4 - 1))
        let isGood = text.withUnsafeBufferPointer { text in
            output.withUnsafeMutableBytes { output in
                places.withUnsafeBufferPointer { decode(text, places: $0, into: output) }
            }
        }
        return isGood ? output : nil
    }

    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text)[...]) }

    /// Four characters at a time; a character outside the alphabet leaves a mark, which is looked at once in the end.
    ///
    /// - Parameter output: as long as what the text stands for.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        places: UnsafeBufferPointer<UInt32>,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var marks: UInt32 = 0
        var (index, count) = (0, 0)
        // Four bytes are written where three are meant, so the last group is left to the second loop.
        while index + 4 < text.count {
            var group: UInt32 = 0
            for place in 0..<4 { group |= places[place << 8 | Int(text[index + place])] }
            marks |= group
            output.storeBytes(of: group.littleEndian, toByteOffset: count, as: UInt32.self)
            index += 4
            count += 3
        }
        var group: UInt32 = 0
        for place in 0..<(text.count - index) { group |= places[place << 8 | Int(text[index + place])] }
        marks |= group
        while count < output.count {
            output[count] = UInt8(truncatingIfNeeded: group)
            group >>= 8
            count += 1
        }
        // What is left of the group would begin another byte; its last one is the mark.
        return marks < outside && (text.count % 4 == 0 || group == 0)
    }

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { output.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
        return String(decoding: output, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let outside: UInt32 = 1 << 24

    /// For each of a group's four places, what each byte is there: its six bits where they belong in the group's three bytes, the
    /// first of which is the lowest; `outside` for bytes that are not of the alphabet.
    private static let places: [UInt32] = {
        var places = [UInt32](repeating: outside, count: 4 * 256)
        for (value, character) in alphabet.enumerated() {
            for place in 0..<4 {
                places[place << 8 | Int(character)] = (UInt32(value) << UInt32(26 - 6 * place)).byteSwapped
            }
        }
        return places
    }()
}
