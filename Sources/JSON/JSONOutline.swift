import Glibc

/// A JSON object left as bytes: checked whole, once; a member's value is read only when somebody asks for it.
///
/// It takes exactly what `JSONParser` takes and gives the same values; it is for objects of which few members are looked at, such
/// as the claims of a token. Reading the same member twice costs twice.
package struct JSONOutline: Sendable {
    private enum Form: Sendable {
        /// Where the members are. No text has an escape in it.
        case scanned([UInt8], [Member])
        /// What the scanner leaves to the parser: escapes, exponents, very many members.
        case parsed(JSONObject)
    }

    struct Member: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let form: Form

    /// Throws for whatever `JSONParser` refuses, and with reason `.syntax` for a value that is not an object.
    package init(_ bytes: [UInt8], limits: JSONParser.Limits) throws(JSONError) {
        if bytes.count <= limits.bytes, let members = JSONScanner.members(of: bytes, depth: limits.depth) {
            form = .scanned(bytes, members)
            return
        }
        guard case .object(let object) = try JSONParser.parse(bytes, limits: limits) else {
            throw JSONError(reason: .syntax, offset: 0)
        }
        form = .parsed(object)
    }

    package init(_ object: JSONObject) { form = .parsed(object) }

    /// Every member, read.
    package var object: JSONObject {
        switch form {
        case .parsed(let object): object
        case .scanned(let bytes, let members):
            JSONObject(members.map { (String(decoding: bytes[$0.name], as: UTF8.self), Self.value(bytes, $0)) })
        }
    }

    package subscript(name: String) -> JSONValue? {
        switch form {
        case .parsed(let object): object[name]
        case .scanned(let bytes, let members): Self.find(name, bytes, members).map { Self.value(bytes, $0) }
        }
    }

    /// A member that is an array of strings without escapes. nil does not mean that there is none: the subscript tells.
    package func plainStrings(_ name: String) -> [String]? {
        guard case .scanned(let bytes, let members) = form, let member = Self.find(name, bytes, members) else { return nil }
        return Self.texts(bytes, member.value)
    }

    /// A member that is an object, left as bytes too; nil where there is none.
    package func outline(_ name: String) -> JSONOutline? {
        switch form {
        case .parsed(let object): return (object[name]?.objectValue).map { JSONOutline($0) }
        case .scanned(let bytes, let members):
            guard let member = Self.find(name, bytes, members), bytes[member.value.lowerBound] == UInt8(ascii: "{") else {
                return nil
            }
            // What was let through once is let through again.
            return try? JSONOutline(Array(bytes[member.value]), limits: .init(bytes: .max, depth: .max))
        }
    }

    package func contains(_ name: String) -> Bool {
        switch form {
        case .parsed(let object): object[name] != nil
        case .scanned(let bytes, let members): Self.find(name, bytes, members) != nil
        }
    }

    private static func find(_ name: String, _ bytes: [UInt8], _ members: [Member]) -> Member? {
        var name = name
        return name.withUTF8 { wanted in
            bytes.withUnsafeBufferPointer { bytes in
                members.first { isSame(UnsafeBufferPointer(rebasing: bytes[$0.name]), wanted) }
            }
        }
    }

    static func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard right.count > 0, let left = left.baseAddress, let start = right.baseAddress else { return true }
        return left.pointee == start.pointee && memcmp(left, start, right.count) == 0
    }

    private static func value(_ bytes: [UInt8], _ member: Member) -> JSONValue {
        let range = member.value
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "\""):
            return .string(String(decoding: bytes[(range.lowerBound + 1)..<(range.upperBound - 1)], as: UTF8.self))
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        case UInt8(ascii: "n"): return .null
        default: break
        }
        if let integer = integer(bytes[range]) { return .integer(integer) }
        // The scanner lets nothing through that the parser refuses. Were it wrong about that, null is the answer that nobody
        // can take for an absent member, nor for a good value.
        return (try? JSONParser.parse(bytes[range], limits: .init(bytes: .max, depth: .max))) ?? .null
    }

    /// An array of strings, written without white space as everybody does.
    private static func texts(_ bytes: [UInt8], _ range: Range<Int>) -> [String]? {
        let quote = UInt8(ascii: "\"")
        var rest = bytes[range]
        guard rest.popFirst() == UInt8(ascii: "["), rest.popLast() == UInt8(ascii: "]") else { return nil }
        var texts: [String] = []
        while rest.popFirst() == quote, let end = rest.firstIndex(of: quote) {
            texts.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[(end + 1)...]
            if rest.isEmpty { return texts }
            guard rest.popFirst() == UInt8(ascii: ",") else { return nil }
        }
        return nil
    }

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
