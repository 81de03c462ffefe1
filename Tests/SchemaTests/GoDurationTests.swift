import Testing

@testable import Schema

struct GoDurationTests {
    @Test(arguments: [("300s", 300), ("1h30m", 5_400), ("1.5h", 5_400), ("-2s", -2), ("0", 0)])
    func reads(_ text: String, _ seconds: Int64) {
        #expect(GoDuration.nanoseconds(of: text) == seconds * 1_000_000_000)
    }

    @Test(arguments: ["", "5", "s", "5x", "1h-3m", "99999999999h", "1..5s"]) func refuses(_ text: String) {
        #expect(GoDuration.nanoseconds(of: text) == nil)
    }
}
