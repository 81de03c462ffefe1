import Testing

@testable import JSON

struct TimestampTests {
    static let known: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("2025-07-01T18:25:16Z", 1_751_394_316), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1), ("2038-01-19T03:14:08Z", 2_147_483_648), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]

    @Test(arguments: known) func readsAndWrites(_ text: String, _ seconds: Int64) {
        #expect(Timestamp.seconds(of: text) == seconds)
        #expect(Timestamp.text(of: seconds) == text)
    }

    @Test func readsOffsetsAndFractions() {
        #expect(Timestamp.seconds(of: "2025-07-01T20:25:16.031+02:00") == 1_751_394_316)
        #expect(Timestamp.seconds(of: "2025-07-01T17:55:16-00:30") == 1_751_394_316)
    }

    @Test(arguments: [
        "", "2025-07-01", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-07-01T24:00:00Z",
        "2025-07-01T00:60:00Z", "2025-07-01 00:00:00Z", "2025-07-01T00:00:00", "2025-07-01T00:00:00+24:00",
        "25-07-01T00:00:00Z", "2025-07-01T00:00:00.Z", "2025-07-01T00:00:00.1234567890Z", "2025-07-01T00:00:00Z ",
        "2025-07-01T00:00:00+0200", "2025-07-01T00:00:00+02:60", "+025-07-01T00:00:00Z", "٢٠٢٥-07-01T00:00:00Z",
    ])
    func refuses(_ text: String) {
        #expect(Timestamp.seconds(of: text) == nil)
    }
}
