import Authenticator
import JSON

/// The kinds of tokens that a worker has accepted lately: those seen last, a few of each provider.
struct ClaimShapes: Sendable {
    static let maximumShapes = 16

    private struct Entry {
        let sample: ClaimShapeSampler.Sample
        var lastSeen: Int64
        var count: Int64
    }

    /// The one seen last is last.
    private var entries: [Entry] = []

    /// - Parameter earlier: what the process before told last, as `values`.
    init(earlier: [JSONValue] = []) {
        entries = earlier.prefix(Self.maximumShapes).reversed().compactMap { value in
            guard let provider = value["provider"]?.stringValue, let claims = value["claims"]?.objectValue else { return nil }
            return Entry(
                sample: ClaimShapeSampler.Sample(provider: provider, shape: ClaimShape(kept: claims)),
                lastSeen: value["lastSeenTime"]?.stringValue.flatMap(Timestamp.seconds) ?? 0,
                count: max(0, value["count"]?.integerValue ?? 0)
            )
        }
    }

    /// - Parameter now: seconds since 1970.
    mutating func add(_ sample: ClaimShapeSampler.Sample, now: Int64) {
        let known = entries.firstIndex {
            $0.sample.provider.utf8.elementsEqual(sample.provider.utf8) && $0.sample.shape == sample.shape
        }
        var entry = known.map { entries.remove(at: $0) } ?? Entry(sample: sample, lastSeen: now, count: 0)
        entry.lastSeen = now
        entry.count = entry.count == .max ? .max : entry.count + 1
        entries.append(entry)
        if entries.count > Self.maximumShapes { entries.removeFirst() }
    }

    /// As `Node.status.authentication.claimShapes`; the newest first.
    var values: [JSONValue] {
        entries.reversed().map { entry in
            [
                "provider": .string(entry.sample.provider), "claims": .object(entry.sample.shape.claims),
                "count": .integer(entry.count), "lastSeenTime": .string(Timestamp.text(of: entry.lastSeen)),
            ]
        }
    }
}
