/// Spans of time as Kubernetes objects write them: `1h30m`, `300s`, `1.5h`, `-2ms`.
package enum GoDuration {
    /// nil when the text is no such span or does not fit.
    package static func nanoseconds(of text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest.removeFirst(number.count)
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest.removeFirst(unit.count)
            guard let value = Double(number), let factor = units[String(unit)] else { return nil }
            total += value * factor
        }
        return Int64(exactly: (isNegative ? -total : total).rounded())
    }

    private static let units: [String: Double] = ["ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12]
}
