/// Durations as Go writes them: `1h30m`, `-1.5s`, `250ms`.
enum DurationText {
    private static let units: [String: Int64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    static func parse(_ text: String) throws(CELEvaluationError) -> CELDuration {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual("0".utf8) { return CELDuration(nanoseconds: 0) }
        guard !rest.isEmpty else { throw invalid(text) }
        // The sum is kept negative, because the smallest duration has no positive counterpart.
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = part(&rest) else { throw invalid(text) }
            let (sum, overflow) = total.subtractingReportingOverflow(part)
            guard !overflow else { throw invalid(text) }
            total = sum
        }
        if isNegative { return CELDuration(nanoseconds: total) }
        guard total != .min else { throw invalid(text) }
        return CELDuration(nanoseconds: -total)
    }

    private static func invalid(_ text: String) -> CELEvaluationError {
        .invalidArgument("time: invalid duration \(NumberText.quoted(text))")
    }

    /// One number with its unit, in nanoseconds.
    private static func part(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let whole = rest.prefix(while: \.isASCIIDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: \.isASCIIDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let name = rest.prefix { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(name.count)
        guard let unit = units[String(decoding: name, as: UTF8.self)] else { return nil }
        var value: Int64 = 0
        for digit in whole {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int64(digit - 48))
            guard !overflowed, !overflow else { return nil }
            value = sum
        }
        let (nanoseconds, overflowed) = value.multipliedReportingOverflow(by: unit)
        var scale = Double(unit)
        var parts = 0.0
        for digit in fraction.prefix(18) {
            scale /= 10
            parts += Double(digit - 48) * scale
        }
        let (sum, overflow) = nanoseconds.addingReportingOverflow(Int64(parts.rounded()))
        return overflowed || overflow ? nil : sum
    }

    /// As seconds: `5400s`, `0.25s`.
    static func format(_ duration: CELDuration) -> String {
        let magnitude = duration.nanoseconds.magnitude
        var text = "\(duration.nanoseconds < 0 ? "-" : "")\(magnitude / 1_000_000_000)"
        let rest = String(magnitude % 1_000_000_000)
        if rest != "0" {
            var fraction = String(repeating: "0", count: 9 - rest.utf8.count) + rest
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += ".\(fraction)"
        }
        return text + "s"
    }
}
