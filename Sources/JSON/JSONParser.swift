/// A strict JSON reader (RFC 8259) over bytes: bounded in size and depth, no duplicate names, no lenient forms.
///
/// Foundation's decoder keeps the last of two equal names and has no depth limit of ours; tokens and manifests need both refused.
package struct JSONParser: Sendable {
    package struct Limits: Sendable {
        package var bytes: Int
        package var depth: Int

        package init(bytes: Int = 3 << 20, depth: Int = 64) {
            self.bytes = bytes
            self.depth = depth
        }
    }

    package static func parse(_ bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw JSONError(reason: .tooLarge, offset: limits.bytes) }
        var parser = JSONParser(bytes: Array(bytes), depthLimit: limits.depth)
        return try parser.document()
    }

    package static func parse(_ text: String, limits: Limits = Limits()) throws(JSONError) -> JSONValue {
        try parse(text.utf8, limits: limits)
    }

    /// A value in whose text names may have occurred twice.
    package struct Lenient: Sendable {
        package let value: JSONValue
        /// Where a name occurred again, as `spec.list[0].name`, in the order of the text; the first hundred, each once.
        package let duplicates: [String]
    }

    /// As `parse`, but of two members with the same name the later one counts. Only for whoever asked for it: of a token or a file that
    /// says two things, nobody knows which one was meant.
    package static func parseTakingLast(
        _ bytes: some Collection<UInt8>,
        limits: Limits = Limits()
    ) throws(JSONError) -> Lenient {
        guard bytes.count <= limits.bytes else { throw JSONError(reason: .tooLarge, offset: limits.bytes) }
        var parser = JSONParser(bytes: Array(bytes), depthLimit: limits.depth, repeated: Repeated())
        let value = try parser.document()
        return Lenient(value: value, duplicates: parser.repeated?.fields ?? [])
    }

    /// The names that occurred twice, and where the parser is. A reader that refuses them at once needs neither.
    private struct Repeated {
        static let limit = 100

        var path: [String] = []
        var fields: [String] = []

        mutating func append(_ name: String) {
            guard fields.count < Self.limit else { return }
            let field = (path + [name]).reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
            if !fields.contains(where: { $0.hasSameBytes(as: field) }) { fields.append(field) }
        }
    }

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var index = 0
    /// nil: a name that occurs twice is an error.
    private var repeated: Repeated?

    private init(bytes: [UInt8], depthLimit: Int, repeated: Repeated? = nil) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.repeated = repeated
    }

    private func failure(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: index) }

    private mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        guard index < bytes.count else { throw failure(.empty) }
        let value = try value(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw failure(.trailingBytes) }
        return value
    }

    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= depthLimit else { throw failure(.tooDeep) }
        guard index < bytes.count else { throw failure(.syntax) }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { end <= bytes.count && bytes[index..<end].elementsEqual($0) }
        guard matches else { throw failure(.syntax) }
        index = end
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        index += 1
        var members: [JSONObject.Member] = []
        var seen: Set<ExactString> = []
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return .object(JSONObject()) }
        repeat {
            skipWhitespace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw failure(.syntax) }
            let name = try string()
            if repeated != nil, !seen.insert(ExactString(name)).inserted { repeated?.append(name) }
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw failure(.syntax) }
            skipWhitespace()
            members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1, inside: name)))
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure(.syntax) }
        if repeated != nil { return .object(JSONObject(members.map { ($0.name, $0.value) })) }
        members.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (left, right) in zip(members, members.dropFirst()) where left.name.utf8.elementsEqual(right.name.utf8) {
            throw JSONError(reason: .duplicateName, offset: index)
        }
        return .object(JSONObject(sorted: members))
    }

    private mutating func value(depth: Int, inside name: String) throws(JSONError) -> JSONValue {
        repeated?.path.append(name)
        defer { repeated?.path.removeLast() }
        return try value(depth: depth)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        index += 1
        var values: [JSONValue] = []
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            skipWhitespace()
            if repeated != nil { repeated?.path.append("[\(values.count)]") }
            values.append(try value(depth: depth + 1))
            if repeated != nil { repeated?.path.removeLast() }
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure(.syntax) }
        return .array(values)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        _ = take(UInt8(ascii: "-"))
        let leadingZero = index < bytes.count && bytes[index] == UInt8(ascii: "0")
        let digits = skipDigits()
        guard digits > 0, !(leadingZero && digits > 1) else { throw failure(.syntax) }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() > 0 else { throw failure(.syntax) }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw failure(.syntax) }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw failure(.numberRange) }
        return .number(double)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        return index - start
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        // Most strings have no escape: they are taken in one piece.
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
            guard bytes[index] >= 0x20 else { throw failure(.syntax) }
            index += 1
        }
        guard index < bytes.count else { throw failure(.syntax) }
        if bytes[index] == UInt8(ascii: "\"") {
            let slice = bytes[start..<index]
            index += 1
            return try validated(slice)
        }
        var decoded = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return try validated(decoded[...])
            case UInt8(ascii: "\\"): try escape(into: &decoded)
            case 0..<0x20: throw failure(.syntax)
            default: decoded.append(byte)
            }
        }
        throw failure(.syntax)
    }

    private func validated(_ slice: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure(.encoding) }
        return text
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        guard index < bytes.count else { throw failure(.syntax) }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): decoded.append(contentsOf: Array(String(try unicodeEscape()).utf8))
        default: throw failure(.syntax)
        }
    }

    /// Reads the digits after `\u`, and the second half of a surrogate pair; a half without its other half is refused.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure(.encoding)
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { throw failure(.encoding) }
        let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw failure(.encoding) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        guard index + 4 <= bytes.count else { throw failure(.syntax) }
        var value: UInt16 = 0
        for byte in bytes[index..<index + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw failure(.syntax)
            }
            value = value << 4 | UInt16(digit)
        }
        index += 4
        return value
    }
}
