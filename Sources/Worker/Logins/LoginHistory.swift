import JSON

/// How tokens of each provider have fared lately, at the revision that runs and at the one before.
///
/// A value: it is fed with what `DecisionCounters` counts, and remembers what they were some minutes ago. Nothing in it comes from a
/// token but how many there were.
struct LoginHistory: Sendable {
    typealias Labels = DecisionCounters.Labels

    /// How far back a window reaches, in seconds.
    static let windowSeconds: Int64 = 300
    /// What is remembered is at least so many seconds apart.
    static let sampleSeconds: Int64 = 10
    /// So many accepted tokens are enough to compare others with.
    static let enough: Int64 = 100
    /// Of more providers than this those with the fewest tokens are left out.
    static let maximumProviders = 64

    private struct Sample {
        let time: Int64
        let counts: [Labels: Int64]
    }

    private struct Provider: Hashable {
        let revision: Int64
        let name: ExactString
    }

    /// Oldest first.
    private var samples: [Sample] = []
    private var revision: Int64 = 0
    /// How the revision before fared until it was left; and the last one through which somebody got in, where hardly anybody
    /// did through that.
    private var before: [LoginWindow] = []
    private var lastAccepted: [Provider: Int64] = [:]

    /// - Parameter earlier: what the process before told last; it is compared with as if this one had counted it.
    init(earlier: [LoginWindow] = []) { before = earlier.filter { $0.revision == earlier.mostTelling } }

    /// Takes what the counters say now.
    ///
    /// - Parameters:
    ///   - revision: by which tokens are judged now; 0: none yet.
    ///   - now: seconds since 1970.
    mutating func observe(_ counters: [(labels: Labels, count: Int64)], revision: Int64, now: Int64) {
        let counts = Dictionary(counters.map { ($0.labels, $0.count) }) { first, _ in first }
        noteAccepted(counts, now: now)
        if revision != self.revision {
            let left = windows(of: self.revision, counts, now: now)
            // A revision through which hardly anybody got in is little to compare with: an earlier one is told as well.
            let hasEnough = left.contains { $0.accepted >= Self.enough }
            before = left + (hasEnough ? [] : before.filter { before.mostTelling == $0.revision })
            (self.revision, samples) = (revision, [Sample(time: now, counts: counts)])
            lastAccepted = lastAccepted.filter {
                $0.key.revision == revision || before.map(\.revision).contains($0.key.revision)
            }
        } else {
            // A clock that was set back begins anew.
            samples.removeAll { $0.time > now }
            let isDue = samples.last.map { now - $0.time >= Self.sampleSeconds } ?? true
            if isDue { samples.append(Sample(time: now, counts: counts)) }
        }
        // The last one that is older than the window is where the window begins.
        while samples.count > 1, samples[1].time <= now - Self.windowSeconds { samples.removeFirst() }
    }

    /// The windows of the present revision and of the one before it, those with the most tokens first.
    func windows(_ counters: [(labels: Labels, count: Int64)], now: Int64) -> [LoginWindow] {
        windows(of: revision, Dictionary(counters.map { ($0.labels, $0.count) }) { first, _ in first }, now: now) + before
    }

    private mutating func noteAccepted(_ counts: [Labels: Int64], now: Int64) {
        let last = samples.last?.counts ?? [:]
        for (labels, count) in counts where labels.result == .authenticated && count > last[labels] ?? 0 {
            lastAccepted[Provider(revision: labels.revision, name: labels.provider)] = now
        }
    }

    private func windows(of revision: Int64, _ counts: [Labels: Int64], now: Int64) -> [LoginWindow] {
        guard revision > 0 else { return [] }
        let begin = samples.first
        var windows: [ExactString: LoginWindow] = [:]
        for (labels, count) in counts where labels.revision == revision {
            let provider = Provider(revision: revision, name: labels.provider)
            var window =
                windows[labels.provider]
                ?? LoginWindow(
                    provider: labels.provider.text,
                    revision: revision,
                    seconds: max(0, now - (begin?.time ?? now)),
                    lastAccepted: lastAccepted[provider]
                )
            // Counters of a revision begin anew when it comes back after two others.
            window.add(labels, max(0, count - min(count, begin?.counts[labels] ?? 0)))
            windows[labels.provider] = window
        }
        return Array(
            windows.values.sorted { ($0.decisions, $1.provider) > ($1.decisions, $0.provider) }.prefix(Self.maximumProviders)
        )
    }
}

extension [LoginWindow] {
    /// The newest revision with enough accepted tokens to compare others with; where there is none, the one with the most.
    ///
    /// Of several changes within a minute hardly anybody gets to log in through: they must not push out what can be compared with.
    fileprivate var mostTelling: Int64? {
        let open = filter { $0.accepted > 0 }
        if let enough = open.filter({ $0.accepted >= LoginHistory.enough }).map(\.revision).max() { return enough }
        return open.max { ($0.accepted, $0.revision) < ($1.accepted, $1.revision) }?.revision
    }
}
