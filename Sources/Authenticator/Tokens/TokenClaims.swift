import JSON

/// The claims of a token, read by the types that the standards give them.
struct TokenClaims: Sendable {
    private let outline: JSONOutline

    init(_ outline: JSONOutline) { self.outline = outline }

    /// All of them; reading one by its name costs much less.
    var object: JSONObject { outline.object }

    subscript(name: String) -> JSONValue? { outline[name] }

    func contains(_ name: String) -> Bool { outline.contains(name) }

    /// A claim that is an array of plain strings, for those who know what to do when this says nil.
    func plainStrings(_ name: String) -> [String]? { outline.plainStrings(name) }

    /// Whether a claim is a string, or an array of strings, with one that is wanted; nil where `strings` has to tell.
    func hasPlainString(_ name: String, where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool? {
        outline.hasPlainString(name, where: isWanted)
    }

    /// A claim that is a string with something in it, with a prefix put before; nil for every other one.
    func text(_ name: String, after prefix: String) -> String? {
        let text = outline.plainString(name, after: prefix) ?? (outline[name]?.stringValue).map { prefix + $0 }
        return text?.utf8.count == prefix.utf8.count ? nil : text
    }

    /// A claim that must be there as a string, with a prefix put before it.
    func string(_ name: String, after prefix: String = "") throws(Refusal) -> String {
        if let text = outline.plainString(name, after: prefix) { return text }
        guard let value = outline[name] else { throw Refusal(.claimMissing, "claim \(quoted(name)) not present") }
        guard let text = value.stringValue else { throw Self.wrongType(name, value, "a string") }
        return prefix + text
    }

    /// A string, or an array of strings; nil when the claim is absent or null.
    func strings(_ name: String) throws(Refusal) -> [String]? {
        if let texts = outline.plainStrings(name) { return texts }
        switch outline[name] {
        case nil, .null: return nil
        case .string(let text): return [text]
        case .array(let values):
            var texts: [String] = []
            texts.reserveCapacity(values.count)
            for value in values {
                guard let text = value.stringValue else { throw Self.wrongType(name, value, "an array of strings only") }
                texts.append(text)
            }
            return texts
        case .some(let other): throw Self.wrongType(name, other, "a string or an array of strings")
        }
    }

    /// A `NumericDate` (RFC 7519 section 2) in whole seconds, fractions cut off; nil when the claim is absent.
    ///
    /// Some providers send the number as a string; that is taken too. A date beyond the year 9999 is refused: it is a date in
    /// milliseconds, or an attempt at an overflow.
    func date(_ name: String) throws(Refusal) -> Int64? {
        guard let value = outline[name] else { return nil }
        if let seconds = Self.seconds(value) { return seconds }
        switch value {
        case .integer, .number: throw Refusal(.claimType, "claim \(quoted(name)) is a number out of range")
        default: throw Self.wrongType(name, value, "a number of seconds")
        }
    }

    private static let latest: Int64 = 253_402_300_799

    private static func seconds(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let seconds): return seconds.magnitude <= latest.magnitude ? seconds : nil
        case .number(let seconds):
            guard seconds.isFinite, seconds.magnitude <= Double(latest) else { return nil }
            return Int64(seconds)
        case .string(let text):
            guard text.utf8.allSatisfy({ "+-.0123456789Ee".utf8.contains($0) }) else { return nil }
            let number: JSONValue? = try? JSONParser.parse(text, limits: .init(bytes: 32, depth: 0))
            return number.flatMap(Self.seconds)
        default: return nil
        }
    }

    static func wrongType(_ name: String, _ value: JSONValue, _ expected: String) -> Refusal {
        Refusal(.claimType, "claim \(quoted(name)) is \(value.kindInWords), must be \(expected)")
    }
}

extension JSONValue {
    fileprivate var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
