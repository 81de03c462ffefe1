/// Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), in its one canonical spelling.
///
/// Foundation's decoder takes other spellings of the same bytes; then one token has several texts, and whatever is keyed by the
/// text (caches, deny lists) can be walked around.
enum Base64URL {
    /// nil for padding, `+`, `/`, white space, a length that cannot be, or last bits that are not zero.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer { text in
            var isGood = false
            let output = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { output, count in
                values.withUnsafeBufferPointer { isGood = decode(text, values: $0, into: output, count: &count) }
            }
            return isGood ? output : nil
        }
    }

    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? { decode(Array(text)[...]) }

    /// Four characters at a time; a character outside the alphabet has high bits, which are looked at once in the end.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        values: UnsafeBufferPointer<UInt32>,
        into output: UnsafeMutableBufferPointer<UInt8>,
        count: inout Int
    ) -> Bool {
        var seen: UInt32 = 0
        let whole = text.count & ~3
        var index = 0
        while index < whole {
            let first = values[Int(text[index])]
            let second = values[Int(text[index + 1])]
            let third = values[Int(text[index + 2])]
            let fourth = values[Int(text[index + 3])]
            seen |= first | second | third | fourth
            let bits = first << 18 | second << 12 | third << 6 | fourth
            output[count] = UInt8(truncatingIfNeeded: bits >> 16)
            output[count + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            output[count + 2] = UInt8(truncatingIfNeeded: bits)
            count += 3
            index += 4
        }
        switch text.count - whole {
        case 0: break
        case 2:
            let first = values[Int(text[index])]
            let second = values[Int(text[index + 1])]
            seen |= first | second | (second & 0xF == 0 ? 0 : outside)
            output[count] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
            count += 1
        case 3:
            let first = values[Int(text[index])]
            let second = values[Int(text[index + 1])]
            let third = values[Int(text[index + 2])]
            seen |= first | second | third | (third & 3 == 0 ? 0 : outside)
            let bits = first << 10 | second << 4 | third >> 2
            output[count] = UInt8(truncatingIfNeeded: bits >> 8)
            output[count + 1] = UInt8(truncatingIfNeeded: bits)
            count += 2
        default: return false
        }
        return seen < 64
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
