/// Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), in its one canonical spelling.
///
/// Foundation's decoder takes other spellings of the same bytes; then one token has several texts, and whatever is keyed by the
/// text (caches, deny lists) can be walked around.
package enum Base64URL {
    /// nil for padding, `+`, `/`, white space, a length that cannot be, or last bits that are not zero.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer { text in
            var isGood = false
            let output = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 4) { output, count in
                (isGood, count) = values.withUnsafeBufferPointer { decode(text, values: $0, into: output) }
            }
            return isGood ? output : nil
        }
    }

    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text)[...]) }

    /// Four characters at a time; a character outside the alphabet has a high bit, which is looked at once in the end.
    ///
    /// - Parameter output: has room for the decoded bytes and one more, as four are written where three are meant.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        values: UnsafeBufferPointer<UInt32>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> (isGood: Bool, count: Int) {
        guard let raw = UnsafeMutableRawPointer(output.baseAddress) else { return (false, 0) }
        let value = { (index: Int) in values[Int(text[index])] }
        var seen: UInt32 = 0
        var (index, count) = (0, 0)
        while index + 4 <= text.count {
            let (first, second, third, fourth) = (value(index), value(index + 1), value(index + 2), value(index + 3))
            seen |= first | second | third | fourth
            let bits = first << 26 | second << 20 | third << 14 | fourth << 8
            raw.storeBytes(of: bits.bigEndian, toByteOffset: count, as: UInt32.self)
            index += 4
            count += 3
        }
        switch text.count - index {
        case 0: break
        case 2:
            let (first, second) = (value(index), value(index + 1))
            seen |= first | second | (second & 0xF == 0 ? 0 : outside)
            output[count] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
            count += 1
        case 3:
            let (first, second, third) = (value(index), value(index + 1), value(index + 2))
            seen |= first | second | third | (third & 3 == 0 ? 0 : outside)
            let bits = first << 10 | second << 4 | third >> 2
            output[count] = UInt8(truncatingIfNeeded: bits >> 8)
            output[count + 1] = UInt8(truncatingIfNeeded: bits)
            count += 2
        default: return (false, 0)
        }
        return (seen < outside, count)
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

    private static let outside: UInt32 = 64

    /// Each byte's six bits; `outside` for bytes that are not of the alphabet.
    private static let values: [UInt32] = {
        var values = [UInt32](repeating: outside, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt32(value) }
        return values
    }()
}
