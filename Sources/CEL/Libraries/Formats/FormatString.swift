import Foundation

/// A format string taken apart: text and clauses such as `%s` and `%.3f`.
struct FormatString: Sendable {
    enum Clause: Sendable {
        case string
        case decimal
        case fixed(precision: Int)
        case scientific(precision: Int)
        case binary
        case hexadecimal(isUpper: Bool)
        case octal
    }

    enum Part: Sendable {
        case text(String)
        case clause(Clause)
    }

    private(set) var parts: [Part] = []

    private static let maximumPrecision = 1000

    init(_ format: String) throws(CELEvaluationError) {
        var rest = Substring(format).unicodeScalars
        var text = ""
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            guard let letter = rest.first else { throw .invalidArgument("unexpected end of string") }
            if letter == "%" {
                rest.removeFirst()
                text += "%"
                continue
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(.clause(try Self.clause(&rest)))
        }
        if !text.isEmpty { parts.append(.text(text)) }
    }

    private static func clause(_ rest: inout Substring.UnicodeScalarView) throws(CELEvaluationError) -> Clause {
        var precision = 6
        if rest.first == "." {
            rest.removeFirst()
            let digits = rest.prefix(while: \.isDigit)
            guard let number = Int(String(digits)), number <= maximumPrecision else {
                throw .invalidArgument("could not parse formatting clause: error while converting precision to integer")
            }
            precision = number
            rest = rest.dropFirst(digits.count)
        }
        guard let letter = rest.popFirst() else { throw .invalidArgument("unexpected end of string") }
        switch letter {
        case "s": return .string
        case "d": return .decimal
        case "f": return .fixed(precision: precision)
        case "e": return .scientific(precision: precision)
        case "b": return .binary
        case "x": return .hexadecimal(isUpper: false)
        case "X": return .hexadecimal(isUpper: true)
        case "o": return .octal
        default: throw .invalidArgument("could not parse formatting clause: unrecognized formatting clause \"\(letter)\"")
        }
    }

    func apply(_ arguments: [CELValue]) throws(CELEvaluationError) -> String {
        var result = ""
        var position = 0
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .clause(let clause):
                guard position < arguments.count else { throw .invalidArgument("index \(position) out of range") }
                result += try clause.apply(arguments[position])
                try TextLimit.check(result.utf8.count, 0)
                position += 1
            }
        }
        return result
    }
}

extension FormatString.Clause {
    /// Whether a value of this type can be written; `dyn` can be until the run shows otherwise.
    func takes(_ type: CELType) -> Bool {
        switch (self, type) {
        case (_, .dyn), (_, .any), (.string, _): true
        case (.decimal, .int), (.decimal, .uint), (.octal, .int), (.octal, .uint): true
        case (.fixed, .double), (.scientific, .double): true
        case (.binary, .int), (.binary, .uint), (.binary, .bool): true
        case (.hexadecimal, .int), (.hexadecimal, .uint), (.hexadecimal, .string), (.hexadecimal, .bytes): true
        default: false
        }
    }

    /// What the clause says about a type that it does not take.
    func refusal(of type: CELType) -> String {
        let wanted =
            switch self {
            case .string:
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
            case .decimal: "decimal clause can only be used on integers"
            case .fixed: "fixed-point clause can only be used on doubles"
            case .scientific: "scientific clause can only be used on doubles"
            case .binary: "only integers and bools can be formatted as binary"
            case .hexadecimal: "only integers, byte buffers, and strings can be formatted as hex"
            case .octal: "octal clause can only be used on integers"
            }
        return "error during formatting: \(wanted), was given \(type.runtimeName)"
    }

    func apply(_ value: CELValue) throws(CELEvaluationError) -> String {
        switch (self, value) {
        case (.string, _):
            try TextLimit.check(ValueText.leastLength(value), 0)
            return ValueText.outer(value)
        case (.decimal, .int(let number)): return String(number)
        case (.decimal, .uint(let number)): return String(number)
        case (.fixed(let precision), .double(let number)): return Self.fixed(number, precision)
        case (.scientific(let precision), .double(let number)): return Self.scientific(number, precision)
        case (.binary, .bool(let flag)): return flag ? "1" : "0"
        case (.binary, .int(let number)): return String(number, radix: 2)
        case (.binary, .uint(let number)): return String(number, radix: 2)
        case (.octal, .int(let number)): return String(number, radix: 8)
        case (.octal, .uint(let number)): return String(number, radix: 8)
        case (.hexadecimal(let isUpper), .int(let number)): return String(number, radix: 16, uppercase: isUpper)
        case (.hexadecimal(let isUpper), .uint(let number)): return String(number, radix: 16, uppercase: isUpper)
        case (.hexadecimal(let isUpper), .string(let text)): return Self.hexadecimal(text.utf8, isUpper)
        case (.hexadecimal(let isUpper), .bytes(let bytes)): return Self.hexadecimal(bytes, isUpper)
        default: throw .invalidArgument(refusal(of: value.runtimeType))
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>, _ isUpper: Bool) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUpper) }.joined()
    }

    private static func fixed(_ number: Double, _ precision: Int) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-∞" : "∞" }
        return String(format: "%.\(precision)f", number)
    }

    private static func scientific(_ number: Double, _ precision: Int) -> String {
        if !number.isFinite {
            let sign = fixed(number, 0)
            return String(repeating: " ", count: max(0, 6 - sign.unicodeScalars.count)) + sign
        }
        let parts = String(format: "%.\(precision)e", number).split(separator: "e")
        guard parts.count == 2 else { return "" }
        let raised: [Character: String] = [
            "-": "⁻", "+": "", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return parts[0] + "×10" + parts[1].map { raised[$0] ?? "" }.joined()
    }
}

/// Values as `%s` writes them.
enum ValueText {
    /// At least so many bytes are written: what the texts in the value hold, each as often as it is met.
    static func leastLength(_ value: CELValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .list(let list): list.reduce(0) { $0 + leastLength($1) }
        case .map(let map): map.entries.reduce(0) { $0 + leastLength($1.key) + leastLength($1.value) }
        case .optional(let value): value.map(leastLength) ?? 0
        default: 1
        }
    }

    static func outer(_ value: CELValue) -> String {
        switch value {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .double(let number): NumberText.shortest(number)
        case .timestamp(let time): TimestampText.format(time)
        case .duration(let duration): DurationText.format(duration)
        default: inner(value)
        }
    }

    /// Inside a list or a map, where texts are quoted. As deep as the value, which the input's and the expression's depth bound.
    static func inner(_ value: CELValue) -> String {
        switch value {
        case .null: return "null"
        case .bool(let flag): return String(flag)
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number): return number.isFinite ? String(format: "%.6f", number) : "\"\(NumberText.shortest(number))\""
        case .string(let text): return "\"\(text)\""
        case .bytes(let bytes): return "b\"\(String(decoding: bytes, as: UTF8.self))\""
        case .list(let list): return "[" + list.map(inner).joined(separator: ", ") + "]"
        case .map(let map):
            let entries = map.entries.map { (inner($0.key), inner($0.value)) }.sorted { $0.0 < $1.0 }
            return "{" + entries.map { "\($0.0):\($0.1)" }.joined(separator: ", ") + "}"
        case .timestamp(let time): return "timestamp(\"\(TimestampText.format(time))\")"
        case .duration(let duration): return "duration(\"\(DurationText.format(duration))\")"
        case .type(let type): return type.runtimeName
        case .optional(let value): return value.map { "optional(\(inner($0)))" } ?? "optional.none()"
        case .opaque(let value): return value.text
        }
    }
}
