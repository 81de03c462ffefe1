import Testing

@testable import API

struct HumanDurationTests {
    static let cases: [(Int, String)] = [
        (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (192, "3m12s"), (599, "9m59s"), (600, "10m"),
        (85 * 60, "85m"), (179 * 60 + 59, "179m"), (3 * 3600, "3h"), (3 * 3600 + 61, "3h1m"), (8 * 3600 + 600, "8h"),
        (47 * 3600, "47h"), (48 * 3600, "2d"), (49 * 3600, "2d1h"), (8 * 86400 + 3600, "8d"), (729 * 86400, "729d"),
        (730 * 86400, "2y"), (731 * 86400, "2y1d"), (8 * 365 * 86400 + 86400, "8y"),
    ]

    @Test(arguments: cases)
    func shows(_ seconds: Int, _ text: String) {
        #expect(HumanDuration.text(seconds: seconds) == text)
    }
}
