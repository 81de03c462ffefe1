/// Checks a JSON object without making values of it, and finds its members.
///
/// It knows the usual forms only and says nil about everything else, so that `JSONParser` alone decides what is wrong with a text.
struct JSONScanner {
    /// Objects with more members are left to the parser, which sorts the names to find one that occurs twice.
    private static let maximumMembers = 48

    /// Valid while `members(of:depth:)` runs. Every read is of an index below its count.
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthLimit: Int
    private var index = 0
    /// Those of the object in hand, behind those of the objects around it.
    private var members: [ScannedMembers.Member] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// The members of the object that the bytes are; nil when the parser should look at them.
    static func members(of bytes: [UInt8], depth: Int) -> ScannedMembers? {
        guard bytes.count <= ScannedMembers.maximumLength else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes, depthLimit: depth)
            scanner.members.reserveCapacity(min(32, bytes.count / 16))
            scanner.skipWhitespace()
            guard scanner.peek() == UInt8(ascii: "{"), let shapes = scanner.object(depth: 0) else { return nil }
            scanner.skipWhitespace()
            return scanner.index == bytes.count ? ScannedMembers(list: scanner.members, shapes: shapes) : nil
        }
    }

    /// The byte at hand; 0, which begins nothing, at the end.
    private func peek() -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    // MARK: Values. Each returns false for what the parser is to decide.

    private mutating func value(depth: Int) -> Bool {
        guard depth <= depthLimit else { return false }
        switch peek() {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"):
            let around = members.count
            defer { members.removeLast(members.count - around) }
            return object(depth: depth) != nil
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        default: return number()
        }
    }

    /// Leaves the object's members at the end of `members`, and gives the shapes of their names; nil for what the parser is to decide.
    private mutating func object(depth: Int) -> UInt64? {
        let first = members.count
        // Most names are told from all others by a look at these.
        var shapes: UInt64 = 0
        index += 1
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return shapes }
        repeat {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\""), let name = string() else { return nil }
            let shape = ScannedMembers.Shape(of: UnsafeBufferPointer(rebasing: bytes[name]))
            guard members.count - first < Self.maximumMembers, shapes & shape.bit == 0 || isNew(name, shape, since: first)
            else {
                return nil
            }
            shapes |= shape.bit
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { return nil }
            skipWhitespace()
            let start = index
            guard value(depth: depth + 1) else { return nil }
            members.append(ScannedMembers.Member(name: name, value: start..<index, shape: shape))
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? shapes : nil
    }

    /// Whether the object in hand has no such member yet.
    private func isNew(_ name: Range<Int>, _ shape: ScannedMembers.Shape, since first: Int) -> Bool {
        let name = UnsafeBufferPointer(rebasing: bytes[name])
        return !members[first...].contains { member in
            member.shape == shape && JSONOutline.isSame(UnsafeBufferPointer(rebasing: bytes[member.name]), name)
        }
    }

    private mutating func array(depth: Int) -> Bool {
        index += 1
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return true }
        repeat {
            skipWhitespace()
            guard value(depth: depth + 1) else { return false }
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    private mutating func literal(_ word: StaticString) -> Bool {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count, word.withUTF8Buffer({ bytes[index..<end].elementsEqual($0) }) else { return false }
        index = end
        return true
    }

    /// Up to 18 digits, and as many after the point: whatever they are, they fit. Of other numbers the parser knows the range.
    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        let start = index
        let digits = skipDigits()
        guard digits > 0, digits <= 18, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return false }
        if take(UInt8(ascii: ".")) {
            let digits = skipDigits()
            guard digits > 0, digits <= 18 else { return false }
        }
        return peek() | 0x20 != UInt8(ascii: "e")
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start
    }
}

// MARK: - Strings

extension JSONScanner {
    /// The text between the quotes; nil for one with escapes, and for one that is not UTF-8.
    private mutating func string() -> Range<Int>? {
        index += 1
        let start = index
        var isASCII = true
        while true {
            skipPlain()
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let text = start..<index
                index += 1
                return isASCII || String(validating: bytes[text], as: UTF8.self) != nil ? text : nil
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            case 0x80...: isASCII = false
            default: break
            }
            index += 1
        }
    }

    /// Goes on to the next quote, backslash, control character or byte outside ASCII, eight bytes at a time; the last few bytes of
    /// a document are left to the caller.
    private mutating func skipPlain() {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // Known as "has a zero byte": the high bit of a byte of `(x - 0x01…) & ~x` is set where x has a zero byte. It may also
            // be set above a real one, never below, and the lowest is the one that counts.
            let quotes = word ^ Self.everyByte(UInt8(ascii: "\""))
            let backslashes = word ^ Self.everyByte(UInt8(ascii: "\\"))
            let found =
                ((quotes &- Self.everyByte(1)) & ~quotes | (backslashes &- Self.everyByte(1)) & ~backslashes
                    | (word &- Self.everyByte(0x20)) & ~word | word) & Self.everyByte(0x80)
            guard found == 0 else {
                index += found.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
    }

    @inline(__always)
    private static func everyByte(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }
}
