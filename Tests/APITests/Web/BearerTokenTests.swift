import HTTPTypes
import Testing
import Web

struct BearerTokenTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let headers: [String]
        let token: BearerToken
        var testDescription: String { "\(headers.map { $0.prefix(40) })" }
    }

    static let cases = [
        Case(headers: [], token: .none),
        Case(headers: ["Bearer abc.def-_~+/=="], token: .token("abc.def-_~+/==")),
        Case(headers: ["bearer abc"], token: .token("abc")),
        Case(headers: ["Bearer   abc "], token: .token("abc")),
        Case(headers: ["Basic abc"], token: .none),
        Case(headers: ["Bearer"], token: .malformed),
        Case(headers: ["Bearer "], token: .malformed),
        Case(headers: ["Bearer a b"], token: .malformed),
        Case(headers: ["Bearer é"], token: .malformed),
        Case(headers: ["Bearer a", "Bearer b"], token: .malformed),
        Case(
            headers: ["Bearer " + String(repeating: "a", count: 16 << 10)],
            token: .token(String(repeating: "a", count: 16 << 10))
        ),
        Case(headers: ["Bearer " + String(repeating: "a", count: (16 << 10) + 1)], token: .malformed),
    ]

    @Test(arguments: cases)
    func reads(_ c: Case) {
        var fields = HTTPFields()
        for value in c.headers { fields.append(HTTPField(name: .authorization, value: value)) }
        #expect(BearerToken(fields) == c.token)
    }
}

struct HealthReportTests {
    @Test func namesWhatFails() async {
        let checks = [HealthCheck(name: "store") { "no answer" }, HealthCheck(name: "ping") { nil }]
        let report = await HealthReport.make(checks, path: "readyz", verbose: false)
        #expect(!report.isHealthy)
        #expect(report.text == "[-]store failed: no answer\n[+]ping ok\nreadyz check failed\n")
        #expect(
            await HealthReport.make([], path: "livez", verbose: false)
                == HealthReport.make([checks[1]], path: "livez", verbose: false)
        )
    }
}
