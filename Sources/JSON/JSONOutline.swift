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

    package func contains(_ name: String) -> Bool {
        switch form {
        case .parsed(let object): object[name] != nil
        case .scanned(let bytes, let members): Self.find(name, bytes, members) != nil
        }
    }

    private static func find(_ name: String, _ bytes: [UInt8], _ members: [Member]) -> Member? {
        var name = name
        return name.withUTF8 { wanted in
            members.first { $0.name.count == wanted.count && bytes[$0.name].elementsEqual(wanted) }
        }
    }

    private static func value(_ bytes: [UInt8], _ member: Member) -> JSONValue {
        let start = bytes[member.value.lowerBound]
        if start == UInt8(ascii: "\"") {
            return .string(text(bytes, member))
        }
        // The scanner lets nothing through that the parser refuses. Were it wrong about that, null is the answer that nobody
        // can take for an absent member, nor for a good value.
        return (try? JSONParser.parse(bytes[member.value], limits: .init(bytes: .max, depth: .max))) ?? .null
    }

    /// A string's content; the scanner has checked it.
    private static func text(_ bytes: [UInt8], _ member: Member) -> String {
        String(decoding: bytes[(member.value.lowerBound + 1)..<(member.value.upperBound - 1)], as: UTF8.self)
    }
}
