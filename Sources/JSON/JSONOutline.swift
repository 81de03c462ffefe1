import Glibc

/// A JSON object left as bytes: checked whole, once; a member's value is read only when somebody asks for it.
///
/// It takes exactly what `JSONParser` takes and gives the same values; it is for objects of which few members are looked at, such
/// as the claims of a token. Reading the same member twice costs twice.
package struct JSONOutline: Sendable {
    /// The text, in which no string of those that are read as bytes has an escape; and where its members are.
    private let bytes: [UInt8]
    private let members: ScannedMembers
    /// What the scanner leaves to the parser: escapes, exponents, very many members. Then there is no text.
    private let parsed: JSONObject?

    /// Throws for whatever `JSONParser` refuses, and with reason `.notAnObject` for a value that is not an object.
    package init(_ bytes: [UInt8], limits: JSONParser.Limits) throws(JSONError) {
        if bytes.count <= limits.bytes, let members = JSONScanner.members(of: bytes, depth: limits.depth) {
            self.init(bytes: bytes, members: members, parsed: nil)
            return
        }
        guard case .object(let object) = try JSONParser.parse(bytes, limits: limits) else {
            throw JSONError(reason: .notAnObject, offset: 0)
        }
        self.init(object)
    }

    package init(_ object: JSONObject) {
        self.init(bytes: [], members: ScannedMembers(list: [], shapes: 0), parsed: object)
    }

    private init(bytes: [UInt8], members: ScannedMembers, parsed: JSONObject?) {
        self.bytes = bytes
        self.members = members
        self.parsed = parsed
    }

    /// Every member, read.
    package var object: JSONObject {
        parsed ?? JSONObject(members.list.map { (String(decoding: bytes[$0.name], as: UTF8.self), value(at: $0.value)) })
    }

    package subscript(name: String) -> JSONValue? {
        if let parsed { return parsed[name] }
        return place(of: name).map(value)
    }

    package func contains(_ name: String) -> Bool { parsed.map { $0[name] != nil } ?? (place(of: name) != nil) }

    /// A member that is a string without escapes, behind a prefix. nil does not mean that there is none: the subscript tells.
    package func plainString(_ name: String, after prefix: String) -> String? {
        guard let place = place(of: name), bytes[place.lowerBound] == Self.quote else { return nil }
        let text = bytes[(place.lowerBound + 1)..<(place.upperBound - 1)]
        if prefix.isEmpty { return String(decoding: text, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: prefix.utf8.count + text.count) { output in
            let (_, end) = output.update(from: prefix.utf8)
            return output[end...].update(fromContentsOf: text)
        }
    }

    /// A member that is an array of strings without escapes. nil does not mean that there is none: the subscript tells.
    package func plainStrings(_ name: String) -> [String]? { place(of: name).flatMap(texts) }

    /// Whether a member is a string without escapes, or an array of such, with one that is wanted; nil where only reading it tells.
    package func hasPlainString(_ name: String, where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool? {
        guard let place = place(of: name) else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            let value = bytes[place]
            if value.first == Self.quote {
                return isWanted(UnsafeBufferPointer(rebasing: value.dropFirst().dropLast()))
            }
            var isFound = false
            let isPlain = Self.forEachText(in: value) { isFound = isFound || isWanted($0) }
            return isPlain ? isFound : nil
        }
    }

    /// A member that is an object, left as bytes too; nil where there is none.
    package func outline(_ name: String) -> JSONOutline? {
        if let parsed { return (parsed[name]?.objectValue).map { JSONOutline($0) } }
        guard let place = place(of: name), bytes[place.lowerBound] == UInt8(ascii: "{") else { return nil }
        // What was let through once is let through again.
        return try? JSONOutline(Array(bytes[place]), limits: .init(bytes: .max, depth: .max))
    }

    /// Where the value of a scanned member is.
    private func place(of name: String) -> Range<Int>? {
        var name = name
        return name.withUTF8 { wanted in
            let shape = ScannedMembers.Shape(of: wanted)
            guard members.shapes & shape.bit != 0 else { return nil }
            return bytes.withUnsafeBufferPointer { bytes in
                for member in members.list where member.shape == shape {
                    if Self.isSame(UnsafeBufferPointer(rebasing: bytes[member.name]), wanted) { return member.value }
                }
                return nil
            }
        }
    }

    static func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard right.count > 0, let left = left.baseAddress, let start = right.baseAddress else { return true }
        return left.pointee == start.pointee && memcmp(left, start, right.count) == 0
    }

    private func value(at range: Range<Int>) -> JSONValue {
        switch bytes[range.lowerBound] {
        case Self.quote:
            return .string(String(decoding: bytes[(range.lowerBound + 1)..<(range.upperBound - 1)], as: UTF8.self))
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        case UInt8(ascii: "n"): return .null
        default: break
        }
        if let integer = Self.integer(bytes[range]) { return .integer(integer) }
        // The scanner lets nothing through that the parser refuses. Were it wrong about that, null is the answer that nobody
        // can take for an absent member, nor for a good value.
        return (try? JSONParser.parse(bytes[range], limits: .init(bytes: .max, depth: .max))) ?? .null
    }

    /// An array of strings, written without white space as everybody does.
    private func texts(at range: Range<Int>) -> [String]? {
        bytes.withUnsafeBufferPointer { bytes in
            var texts: [String] = []
            texts.reserveCapacity(4)
            let isPlain = Self.forEachText(in: bytes[range]) { texts.append(String(decoding: $0, as: UTF8.self)) }
            return isPlain ? texts : nil
        }
    }

    /// false for whatever is not an array of at least one string and nothing else; some of its strings may have been shown by then.
    private static func forEachText(
        in value: Slice<UnsafeBufferPointer<UInt8>>,
        _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) -> Bool {
        var rest = value
        guard rest.popFirst() == UInt8(ascii: "["), rest.popLast() == UInt8(ascii: "]") else { return false }
        while rest.popFirst() == quote, let end = rest.firstIndex(of: quote) {
            body(UnsafeBufferPointer(rebasing: rest[..<end]))
            rest = rest[(end + 1)...]
            if rest.isEmpty { return true }
            guard rest.popFirst() == UInt8(ascii: ",") else { return false }
        }
        return false
    }

    private static let quote = UInt8(ascii: "\"")

    /// A number without sign, point and exponent: the scanner takes no more digits than fit.
    private static func integer(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard digit &- UInt8(ascii: "0") < 10 else { return nil }
            value = value &* 10 &+ Int64(digit &- UInt8(ascii: "0"))
        }
        return value
    }
}
