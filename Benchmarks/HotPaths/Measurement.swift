import CAllocations

/// What one operation took, over many samples of many runs each.
struct Measurement: Sendable {
    /// Nanoseconds of one run, in the sample in the middle, in the fastest and in the slowest.
    let median: Double
    let fastest: Double
    let slowest: Double
    /// Calls of malloc and its like, of one run.
    let allocations: Double

    /// The difference of two measurements that were taken in turns.
    func less(_ other: Measurement) -> Measurement {
        Measurement(
            median: median - other.median,
            fastest: fastest - other.fastest,
            slowest: slowest - other.slowest,
            allocations: allocations - other.allocations
        )
    }

    /// Measures operations in turns, sample by sample, so that what else the machine does meets them all alike.
    static func inTurns(samples: Int = 101, _ operations: [() -> Void]) -> [Measurement] {
        let runs = operations.map(runsPerSample)
        var times = operations.map { _ in [Double]() }
        var allocations = operations.map { _ in 0.0 }
        for _ in 0..<samples {
            for (index, operation) in operations.enumerated() {
                let before = callocations_count()
                let took = time(of: operation, runs: runs[index])
                allocations[index] = Double(callocations_count() - before) / Double(runs[index])
                times[index].append(took / Double(runs[index]))
            }
        }
        return times.indices.map { index in
            let sorted = times[index].sorted()
            return Measurement(
                median: sorted[sorted.count / 2],
                fastest: sorted[0],
                slowest: sorted[sorted.count - 1],
                allocations: allocations[index]
            )
        }
    }

    /// As many as take two milliseconds; the first ones warm the caches.
    private static func runsPerSample(_ operation: () -> Void) -> Int {
        var runs = 1
        while time(of: operation, runs: runs) < 2_000_000, runs < 1 << 24 { runs *= 2 }
        return runs
    }

    /// Nanoseconds.
    private static func time(of operation: () -> Void, runs: Int) -> Double {
        let took = ContinuousClock().measure { for _ in 0..<runs { operation() } }.components
        return Double(took.seconds) * 1e9 + Double(took.attoseconds) / 1e9
    }
}
