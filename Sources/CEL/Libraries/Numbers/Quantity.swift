/// A resource quantity as Kubernetes writes it (`12Mi`, `250m`), exact down to a billionth.
package struct Quantity: Hashable, Sendable {
    /// In billionths; what is too large is held at the largest.
    let nanos: Int128
    /// As it was written, or in plain decimal when it was computed.
    let text: String

    package static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }
    package func hash(into hasher: inout Hasher) { hasher.combine(nanos) }

    private static let unit: Int128 = 1_000_000_000
    /// Far beyond what Kubernetes calculates with, and sums of two of these still fit.
    private static let limit: Int128 = Int128.max / 4

    private static let suffixes: [String: (base: Int128, exponent: Int)] = [
        "n": (10, -9), "u": (10, -6), "m": (10, -3), "": (10, 0), "k": (10, 3), "M": (10, 6), "G": (10, 9), "T": (10, 12),
        "P": (10, 15), "E": (10, 18), "Ki": (1024, 1), "Mi": (1024, 2), "Gi": (1024, 3), "Ti": (1024, 4), "Pi": (1024, 5),
        "Ei": (1024, 6),
    ]

    init(nanos: Int128) {
        self.nanos = min(max(nanos, -Self.limit), Self.limit)
        let whole = self.nanos / Self.unit
        let rest = String(Int64((self.nanos % Self.unit).magnitude))
        let fraction = rest == "0" ? "" : "." + String(repeating: "0", count: 9 - rest.utf8.count) + rest
        text = (self.nanos < 0 && whole == 0 ? "-" : "") + "\(whole)" + fraction
    }

    init(_ text: String) throws(CELEvaluationError) {
        self.text = text
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest.removeFirst() }
        let number = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), number.contains(where: { $0 != "." }) else { throw Self.malformed }
        let (base, exponent) = try Self.scale(String(rest.dropFirst(number.count)))
        let amount = Self.amount(whole: parts[0], fraction: parts.count > 1 ? parts[1] : "", base, exponent)
        nanos = isNegative ? -amount : amount
    }

    private static let malformed = CELEvaluationError.invalidArgument(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )

    private static func scale(_ suffix: String) throws(CELEvaluationError) -> (base: Int128, exponent: Int) {
        if let known = suffixes[suffix] { return known }
        guard let first = suffix.first, first == "e" || first == "E", let exponent = Int(suffix.dropFirst()),
            abs(exponent) <= 100
        else {
            let isShaped = suffix.allSatisfy { "eEinumkKMGTP+-0123456789".contains($0) }
            throw isShaped ? .invalidArgument("unable to parse quantity's suffix") : malformed
        }
        return (10, exponent)
    }

    /// Rounded up to the next billionth, as Kubernetes does, and held at the limit.
    private static func amount(whole: Substring, fraction: Substring, _ base: Int128, _ exponent: Int) -> Int128 {
        var value: Int128 = 0
        var hasRest = false
        func multiply(by factor: Int128, adding digit: Int128) {
            let (product, overflowed) = value.multipliedReportingOverflow(by: factor)
            value = overflowed || product > limit ? limit : product + digit
        }
        for digit in whole.utf8 { multiply(by: 10, adding: Int128(digit - 48)) }
        // Fractions of a binary unit are exact in decimal, so everything is done in decimal before scaling.
        for digit in fraction.utf8.prefix(18) { multiply(by: 10, adding: Int128(digit - 48)) }
        hasRest = fraction.utf8.dropFirst(18).contains { $0 != UInt8(ascii: "0") }
        var power = 9 - min(fraction.utf8.count, 18)
        if base == 10 { power += exponent } else { for _ in 0..<exponent { multiply(by: 1024, adding: 0) } }
        if value == limit { return limit }
        while power > 0 {
            multiply(by: 10, adding: 0)
            power -= 1
        }
        while power < 0 {
            hasRest = hasRest || value % 10 != 0
            value /= 10
            power += 1
        }
        return hasRest && value < limit ? value + 1 : value
    }

    /// Nil when it is not a whole number that fits.
    var integer: Int64? { nanos % Self.unit == 0 ? Int64(exactly: nanos / Self.unit) : nil }
    var approximate: Double { Double(nanos / Self.unit) + Double(nanos % Self.unit) / 1e9 }

    static func + (left: Quantity, right: Quantity) -> Quantity { Quantity(nanos: left.nanos + right.nanos) }
    static func - (left: Quantity, right: Quantity) -> Quantity { Quantity(nanos: left.nanos - right.nanos) }
    static func whole(_ value: Int64) -> Quantity { Quantity(nanos: Int128(value) * unit) }
}
