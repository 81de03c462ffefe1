package import JSON

/// What an unquoted YAML scalar means, by the rules that Kubernetes' tools apply.
///
/// Those are older than YAML 1.2: `yes`, `on`, `y` and their opposites are booleans, `0x1F`, `017` and `0o17` are integers and
/// `1_000` is a thousand. Sexagesimals (`1:30`) and dates are text.
package enum YAMLScalar {
    /// nil: a number that JSON cannot hold (`.inf`, `.nan`).
    package static func resolve(_ text: String) -> JSONValue? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": return nil
        default: break
        }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(text)
        default:
            return .string(text)
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        if isDate(text) { return .string(text) }
        let plain = text.first == "." ? text : text.filter { $0 != "_" }
        if let integer = integer(plain) { return integer }
        guard isDecimal(plain), let double = Double(plain) else { return .string(text) }
        return double.isFinite ? .number(double) : nil
    }

    private static func integer(_ text: String) -> JSONValue? {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if let sign = digits.first, sign == "-" || sign == "+" { digits.removeFirst() }
        var radix = 10
        let prefix = digits.prefix(2).lowercased()
        if let special = ["0x": 16, "0o": 8, "0b": 2][prefix] {
            radix = special
            digits = digits.dropFirst(2)
        } else if digits.count > 1, digits.first == "0" {
            radix = 8
            digits = digits.dropFirst()
        }
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        if let integer = Int64((isNegative ? "-" : "") + digits, radix: radix) { return .integer(integer) }
        return UInt64(digits, radix: radix).map { .number(isNegative ? -Double($0) : Double($0)) }
    }

    /// Digits, perhaps a fraction, perhaps an exponent.
    private static func isDecimal(_ text: String) -> Bool {
        text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil
    }

    /// `2025-07-01`, alone or with a time behind it, is text; without this `2025-07-01` would merely not be a number.
    private static func isDate(_ text: String) -> Bool {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.count == 4 && text.utf8.dropFirst(4).first == UInt8(ascii: "-")
    }
}
