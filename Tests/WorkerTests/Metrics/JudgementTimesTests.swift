import Testing

@testable import Worker

struct JudgementTimesTests {
    /// A bound belongs to its bucket.
    @Test(
        arguments: [
            (0, 0), (1, 0), (1_000_000, 0), (1_000_001, 1), (5_000_000, 1), (5_000_001, 2), (999_999_999, 8),
            (1_000_000_000, 8),
            (10_000_000_000, 11), (10_000_000_001, 12), (3_600_000_000_000, 12),
        ] as [(Int64, Int)]
    )
    func putsATimeIntoItsBucket(nanoseconds: Int64, bucket: Int) throws {
        let times = JudgementTimes()
        times.add(provider: "idp", isSuccess: true, nanoseconds: nanoseconds)
        let histogram = try #require(times.histogram(provider: "idp", isSuccess: true))
        #expect(histogram.counts.indices.filter { histogram.counts[$0] > 0 } == [bucket])
        #expect(histogram.total == 1)
        #expect(histogram.sum == Double(nanoseconds) / 1e9)
    }

    @Test func keepsProvidersAndResultsApart() {
        let times = JudgementTimes()
        // Canonically the same text, but another name.
        let names = ["idp", "\u{E9}", "e\u{301}"]
        for (index, name) in names.enumerated() {
            for _ in 0...index { times.add(provider: name, isSuccess: true, nanoseconds: 1) }
        }
        times.add(provider: "idp", isSuccess: false, nanoseconds: 1)
        #expect(names.map { times.histogram(provider: $0, isSuccess: true)?.total } == [1, 2, 3])
        #expect(times.histogram(provider: "idp", isSuccess: false)?.total == 1)
        #expect(times.histogram(provider: "\u{E9}", isSuccess: false) == nil)
    }

    @Test func measuresOnlySoManyProviders() {
        let times = JudgementTimes()
        for index in 0..<JudgementTimes.maximumProviders {
            for isSuccess in [true, false] { times.add(provider: "p\(index)", isSuccess: isSuccess, nanoseconds: 1) }
        }
        times.add(provider: "one more", isSuccess: true, nanoseconds: 1)
        times.add(provider: "p511", isSuccess: false, nanoseconds: 1)
        #expect(times.histogram(provider: "one more", isSuccess: true) == nil)
        #expect(times.histogram(provider: "p511", isSuccess: false)?.total == 2)
    }

    @Test func losesNothingToThreads() async {
        let times = JudgementTimes()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for index in 0..<100 { times.add(provider: "p\(index % 10)", isSuccess: true, nanoseconds: 1) }
                }
            }
        }
        let totals = (0..<10).map { times.histogram(provider: "p\($0)", isSuccess: true)?.total }
        #expect(totals == Array(repeating: 80, count: 10))
    }
}
