/// Checks a JSON object without making values of it, and finds its members.
///
/// It knows the usual forms only and says nil about everything else, so that `JSONParser` alone decides what is wrong with a text.
struct JSONScanner {
    /// Objects with more members are left to the parser, which sorts the names to find one that occurs twice.
    private static let maximumMembers = 48

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var index = 0
    /// Those of the object in hand, behind those of the objects around it.
    private var members: [JSONOutline.Member] = []

    private init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// The members of the object that the bytes are; nil when the parser should look at them.
    static func members(of bytes: [UInt8], depth: Int) -> [JSONOutline.Member]? {
        var scanner = JSONScanner(bytes, depthLimit: depth)
        scanner.members.reserveCapacity(32)
        scanner.skipWhitespace()
        guard scanner.peek() == UInt8(ascii: "{"), scanner.object(depth: 0) else { return nil }
        scanner.skipWhitespace()
        return scanner.index == bytes.count ? scanner.members : nil
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
            return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        default: return number()
        }
    }

    /// Leaves the object's members at the end of `members`.
    private mutating func object(depth: Int) -> Bool {
        let first = members.count
        index += 1
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            skipWhitespace()
            guard peek() == UInt8(ascii: "\""), let name = string(), isNew(name, since: first) else { return false }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { return false }
            skipWhitespace()
            let start = index
            guard value(depth: depth + 1) else { return false }
            members.append(JSONOutline.Member(name: name, value: start..<index))
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Whether the object in hand has no such member yet, and room for one more.
    private func isNew(_ name: Range<Int>, since first: Int) -> Bool {
        guard members.count - first < Self.maximumMembers else { return false }
        for member in members[first...] where isSame(member.name, name) { return false }
        return true
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
        let length = word.utf8CodeUnitCount
        guard index + length <= bytes.count else { return false }
        let matches = word.withUTF8Buffer { word in
            for offset in 0..<length where bytes[index + offset] != word[offset] { return false }
            return true
        }
        if matches { index += length }
        return matches
    }

    /// Up to 18 digits, and as many after the point: whatever they are, they fit. Of other numbers the parser knows the range.
    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        let start = index
        while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
        let digits = index - start
        guard digits > 0, digits <= 18, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return false }
        switch peek() {
        case UInt8(ascii: "."): return fraction()
        case UInt8(ascii: "e"), UInt8(ascii: "E"): return false
        default: return true
        }
    }

    private mutating func fraction() -> Bool {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] &- 0x30 < 10 { index += 1 }
        let digits = index - start
        return digits > 0 && digits <= 18 && peek() | 0x20 != UInt8(ascii: "e")
    }

    // MARK: Strings

    /// The text between the quotes; nil for one with escapes or with other than ASCII that is not good.
    private mutating func string() -> Range<Int>? {
        index += 1
        let start = index
        var isASCII = true
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let text = start..<index
                index += 1
                return isASCII || isUTF8(text) ? text : nil
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            case 0x80...: isASCII = false
            default: break
            }
            index += 1
        }
        return nil
    }

    private func isUTF8(_ range: Range<Int>) -> Bool {
        String(validating: bytes[range], as: UTF8.self) != nil
    }

    private func isSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] { return false }
        return true
    }
}
