extension Scenario {
    /// The same kind of violation with as few events as can be found by leaving some out.
    package func shortest(violating first: Simulation.Violation) -> (scenario: Scenario, violation: Simulation.Violation) {
        var (shortest, violation) = (self, first)
        shortest.events = Array(events.prefix(first.events))
        var size = max(1, shortest.events.count / 2)
        while true {
            var start = 0
            var isShorter = false
            while start < shortest.events.count {
                var candidate = shortest
                candidate.events.removeSubrange(start..<min(start + size, candidate.events.count))
                var simulation = Simulation(candidate)
                if let found = simulation.run() {
                    (shortest, violation, isShorter) = (candidate, found, true)
                } else {
                    start += size
                }
            }
            if size == 1, !isShorter { return (shortest, violation) }
            size = max(1, size / 2)
        }
    }
}
