import NIOHTTP1
import Testing

@testable import Discovery

struct FreshnessTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let headers: HTTPHeaders
        let lifetime: Int64?

        init(_ name: String, _ headers: [(String, String)], _ lifetime: Int64?) {
            testDescription = name
            self.headers = HTTPHeaders(headers)
            self.lifetime = lifetime
        }
    }

    /// 2025-07-01 00:00:00 UTC
    static let now: Int64 = 1_751_328_000
    static let inAMinute = "Tue, 01 Jul 2025 00:01:00 GMT"

    static let cases = [
        Case("nothing said", [], nil),
        Case("max-age", [("Cache-Control", "public, max-age=300")], 300),
        Case("max-age in two headers", [("Cache-Control", "max-age=300"), ("Cache-Control", "max-age=20")], 20),
        Case("kept by a cache for a while", [("Cache-Control", "max-age=300"), ("Age", "120")], 180),
        Case("kept by a cache for too long", [("Cache-Control", "max-age=300"), ("Age", "900")], 0),
        Case("an age below zero", [("Cache-Control", "max-age=300"), ("Age", "-900")], 300),
        Case("an age that is none", [("Cache-Control", "max-age=300"), ("Age", "old")], 300),
        Case("the largest numbers", [("Cache-Control", "max-age=99999999999999999999"), ("Age", "9223372036854775807")], 0),
        Case("Expires by our clock", [("Expires", inAMinute)], 60),
        Case("Expires by the provider's clock", [("Expires", inAMinute), ("Date", "Tue, 01 Jul 2025 00:00:50 GMT")], 10),
        Case("Expires in the past", [("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")], 0),
        Case("Expires 0", [("Expires", "0")], 0), Case("Expires in another form", [("Expires", "2025-07-01")], 0),
        Case("a day that is none", [("Expires", "Tue, 31 Feb 2025 00:00:00 GMT")], 0),
        Case("max-age beats Expires", [("Cache-Control", "max-age=7"), ("Expires", inAMinute)], 7),
        Case("no-store beats Expires", [("Cache-Control", "no-store"), ("Expires", inAMinute)], 0),
    ]

    @Test(arguments: cases)
    func says(_ c: Case) { #expect(Freshness.lifetime(c.headers, now: Self.now) == c.lifetime) }
}
