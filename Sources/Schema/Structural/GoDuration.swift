/// Spans of time as Kubernetes objects write them: `1h30m`, `300s`, `1.5h`, `-2ms`, and in words, `2 days`.
package enum GoDuration {
    /// nil when the text is no such span or does not fit.
    package static func nanoseconds(of text: String) -> Int64? {
        compact(text) ?? inWords(text)
    }

    private static func compact(_ text: String) -> Int64? {
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

    /// Whole numbers, each with the name of a unit or the beginning of one: `1 day`, `3weeks 2 hr`.
    private static func inWords(_ text: String) -> Int64? {
        guard text.utf8.count <= 256, text.wholeMatch(of: /\s*([0-9]+\s*[A-Za-zµ]+\s*)+/) != nil else { return nil }
        var total = 0.0
        for match in text.matches(of: /([0-9]+)\s*([A-Za-zµ]+)/) {
            guard let value = Double(match.1), let factor = factor(named: match.2.lowercased()) else { return nil }
            total += value * factor
        }
        return Int64(exactly: total)
    }

    private static func factor(named name: String) -> Double? {
        words.first { names, _ in names.contains(name) || names.last.map(name.hasPrefix) == true }?.factor
    }

    private static let units: [String: Double] = ["ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12]

    /// Of the last name of each unit any longer form will do: `days`, `minutes`.
    private static let words: [(names: [String], factor: Double)] = [
        (["ns", "nano"], 1), (["us", "µs", "micro"], 1e3), (["ms", "milli"], 1e6), (["s", "sec"], 1e9), (["m", "min"], 6e10),
        (["h", "hr", "hour"], 3.6e12), (["d", "day"], 8.64e13), (["w", "wk", "week"], 6.048e14),
    ]
}
