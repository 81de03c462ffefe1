/// A text in the exposition format of Prometheus, version 0.0.4, while it is written.
struct MetricsText: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    typealias Labels = KeyValuePairs<String, String>

    private(set) var text = ""
    private var family = ""

    /// What comes next is one metric; each begins once.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func add(_ value: Int64, _ labels: Labels = [:]) { add("", labels, "\(value)") }
    mutating func add(_ value: Int, _ labels: Labels = [:]) { add("", labels, "\(value)") }
    mutating func add(_ value: Double, _ labels: Labels = [:]) { add("", labels, "\(value)") }

    mutating func add(_ histogram: JudgementTimes.Histogram, _ labels: [(String, String)]) {
        var sum: Int64 = 0
        for (index, count) in histogram.counts.enumerated() {
            sum += count
            let bound = index < JudgementTimes.bounds.count ? "\(JudgementTimes.bounds[index])" : "+Inf"
            add("_bucket", labels + [("le", bound)], "\(sum)")
        }
        add("_sum", labels, "\(histogram.sum)")
        add("_count", labels, "\(sum)")
    }

    private mutating func add(_ suffix: String, _ labels: some Collection<(key: String, value: String)>, _ value: String) {
        add(suffix, labels.map { ($0.key, $0.value) }, value)
    }

    private mutating func add(_ suffix: String, _ labels: [(String, String)], _ value: String) {
        text += family + suffix
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
