import Atomics
import Authenticator
import JSON
import Testing

@testable import Worker

struct DecisionCountersTests {
    private static func refused(_ reason: Refusal.Reason, by provider: String? = nil) -> Decision {
        let refusal = Refusal(reason, "")
        return .refused(provider.map { refusal.of(provider: $0) } ?? refusal)
    }

    private static func lines(_ counters: DecisionCounters) -> [String] {
        counters.all.map { labels, count in
            "\(labels.revision) \(labels.provider.text) \(labels.result) \(labels.reason?.rawValue ?? "-") \(count)"
        }
    }

    @Test func countsApartWhatDiffers() throws {
        let counters = DecisionCounters()
        let provider = TestProvider()
        let token = Array(try provider.token().utf8)
        let accepted = try #require(try provider.state().judge(token, now: TestProvider.now))
        for _ in 0..<3 { counters.count(accepted, revision: 1) }
        counters.count(Self.refused(.expired, by: "idp"), revision: 1)
        counters.count(Self.refused(.expired, by: "other"), revision: 1)
        counters.count(Self.refused(.malformed), revision: 1)
        counters.count(.notMine(Refusal(.issuerUnknown, "")), revision: 1)
        counters.count(.unknowable(Refusal(.providerUnavailable, "").of(provider: "idp")), revision: 2)
        #expect(
            Self.lines(counters) == [
                "1  refused issuer_unknown 1", "1  refused malformed 1", "1 idp authenticated - 3", "1 idp refused expired 1",
                "1 other refused expired 1", "2 idp unknowable provider_unavailable 1",
            ]
        )
        #expect((counters.authenticated, counters.refused) == (3, 4))
    }

    @Test func countsATokenThatWasKnown() throws {
        let counters = DecisionCounters()
        let labels = DecisionCounters.Labels(result: .authenticated, reason: nil, provider: ExactString("idp"), revision: 1)
        let counter = counters.counter(of: labels)
        for _ in 0..<5 { counters.countAgain(counter) }
        #expect(Self.lines(counters) == ["1 idp authenticated - 5"])
        #expect((counters.authenticated, counters.hits.load(ordering: .relaxed)) == (5, 5))
    }

    /// What was counted of older revisions goes, or there would be more series with every change.
    @Test func keepsTwoRevisions() {
        let counters = DecisionCounters()
        for revision in 1...20 as ClosedRange<Int64> { counters.count(Self.refused(.expired, by: "idp"), revision: revision) }
        #expect(Self.lines(counters) == ["19 idp refused expired 1", "20 idp refused expired 1"])
        #expect(counters.refused == 20)
    }

    @Test func leavesTheProviderOutOfTooManySeries() {
        let counters = DecisionCounters()
        for index in 0..<DecisionCounters.maximumSeries {
            counters.count(Self.refused(.expired, by: "p\(index)"), revision: 1)
        }
        for index in 0..<3 { counters.count(Self.refused(.expired, by: "more-\(index)"), revision: 1) }
        counters.count(Self.refused(.keyUnknown, by: "more"), revision: 1)
        counters.count(Self.refused(.malformed), revision: 1)
        counters.count(Self.refused(.expired, by: "p7"), revision: 1)
        let all = counters.all
        #expect(all.count == DecisionCounters.maximumSeries + 3)
        let other = all.filter { $0.labels.provider.text == "(other)" }.map { ($0.labels.reason, $0.count) }
        #expect(other.map(\.0) == [.expired, .keyUnknown] && other.map(\.1) == [3, 1])
        #expect(all.first { $0.labels.provider.text == "p7" }?.count == 2)
        #expect(all.first { $0.labels.reason == .malformed }?.count == 1)
    }

    @Test func losesNothingToThreads() async {
        let counters = DecisionCounters()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for index in 0..<100 { counters.count(Self.refused(.expired, by: "p\(index % 10)"), revision: 1) }
                }
            }
        }
        #expect(Self.lines(counters) == (0..<10).map { "1 p\($0) refused expired 80" })
    }
}
