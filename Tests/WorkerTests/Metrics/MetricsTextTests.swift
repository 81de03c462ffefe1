import Testing

@testable import Worker

struct MetricsTextTests {
    @Test func writesOneFamilyAfterAnother() {
        var text = MetricsText()
        text.begin("a_total", .counter, "Things.")
        text.add(3 as Int64, ["kind": "x", "other": ""])
        text.add(0)
        text.begin("b", .gauge, "Other things.")
        text.add(1.5)
        #expect(
            text.text == """
                # HELP a_total Things.
                # TYPE a_total counter
                a_total{kind="x",other=""} 3
                a_total 0
                # HELP b Other things.
                # TYPE b gauge
                b 1.5

                """
        )
    }

    /// Names of providers are people's words.
    @Test(arguments: [
        (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), (#"\n"#, #"\\n"#), ("a\"} 1\nx 2", #"a\"} 1\nx 2"#),
        ("ü,{}= ", "ü,{}= "),
    ])
    func escapesValuesOfLabels(value: String, escaped: String) {
        var text = MetricsText()
        text.begin("a", .gauge, "")
        text.add(1, ["b": value])
        #expect(text.text.split(separator: "\n", omittingEmptySubsequences: false).suffix(2) == ["a{b=\"\(escaped)\"} 1", ""])
    }

    @Test func escapesHelp() {
        var text = MetricsText()
        text.begin("a", .gauge, "one\\\ntwo \"three\"")
        #expect(text.text.hasPrefix(#"# HELP a one\\\ntwo "three""# + "\n# TYPE a gauge\n"))
    }

    @Test func addsTheBucketsOfAHistogramUp() {
        var text = MetricsText()
        text.begin("t", .histogram, "Times.")
        var counts = Array(repeating: 0 as Int64, count: JudgementTimes.bounds.count + 1)
        (counts[0], counts[2], counts[counts.count - 1]) = (4, 2, 1)
        text.add(JudgementTimes.Histogram(counts: counts, sum: 12.25), [("p", "x")])
        let lines = text.text.split(separator: "\n").dropFirst(2)
        let bounds = ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf"]
        let sums = [4, 4, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7]
        let buckets = zip(bounds, sums).map { #"t_bucket{p="x",le="\#($0)"} \#($1)"# }
        #expect(Array(lines) == (buckets + [#"t_sum{p="x"} 12.25"#, #"t_count{p="x"} 7"#]).map { Substring($0) })
    }
}
