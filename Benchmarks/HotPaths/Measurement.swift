import CAllocations

/// What one operation took, over many samples of many runs each.
struct Measurement: Sendable {
    /// Nanoseconds of one run in each sample, in the order in which the samples were taken.
    let times: [Double]
    /// Calls of malloc and its like, of one run.
    let allocations: Double

    var fastest: Double { times.min() ?? 0 }
    var slowest: Double { times.max() ?? 0 }
    /// The sample in the middle.
    var median: Double {
        let sorted = times.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// What this takes more than another that it was measured in turns with: sample by sample, as what disturbs one disturbs both.
    func less(_ other: Measurement) -> Measurement {
        Measurement(times: zip(times, other.times).map { $0 - $1 }, allocations: allocations - other.allocations)
    }

    /// Measures operations in turns, sample by sample, so that what else the machine does meets them all alike.
    static func inTurns(samples: Int = 501, _ operations: [() -> Void]) -> [Measurement] {
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
        return zip(times, allocations).map { Measurement(times: $0, allocations: $1) }
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
