import Authenticator
import JSON

/// What became of one provider's tokens at one revision, within the last minutes.
struct LoginWindow: Sendable, Hashable {
    /// Of more reasons the rarest are left out.
    static let maximumReasons = 3

    /// Empty: tokens that no provider of the revision is responsible for.
    let provider: String
    let revision: Int64
    /// How many seconds the counts are of.
    let seconds: Int64
    /// When a token was last accepted, in seconds since 1970, to within the seconds between two looks; nil: not yet.
    let lastAccepted: Int64?
    private(set) var accepted: Int64 = 0
    private(set) var refused: Int64 = 0
    /// Tokens of which nobody could know, for want of keys or of an answer.
    private(set) var unknowable: Int64 = 0
    /// How often each refusal code was given.
    private(set) var reasons: [String: Int64] = [:]

    init(provider: String, revision: Int64, seconds: Int64, lastAccepted: Int64?) {
        (self.provider, self.revision, self.seconds, self.lastAccepted) = (provider, revision, seconds, lastAccepted)
    }

    /// Reads what `value` wrote; nil for anything else.
    init?(_ value: JSONValue) {
        func count(_ name: String) -> Int64 { max(0, value[name]?.integerValue ?? 0) }
        guard let provider = value["provider"]?.stringValue, let revision = value["revision"]?.integerValue else { return nil }
        self.init(
            provider: provider,
            revision: revision,
            seconds: count("seconds"),
            lastAccepted: value["lastAcceptedTime"]?.stringValue.flatMap(Timestamp.seconds)
        )
        (accepted, refused, unknowable) = (count("accepted"), count("refused"), count("unknowable"))
    }

    var decisions: Int64 { accepted + refused + unknowable }

    mutating func add(_ labels: DecisionCounters.Labels, _ count: Int64) {
        switch labels.result {
        case .authenticated: accepted += count
        case .refused: refused += count
        case .unknowable: unknowable += count
        }
        if count > 0, let reason = labels.reason { reasons[reason.rawValue, default: 0] += count }
    }

    /// As an entry of `Node.status.authentication.logins`.
    var value: JSONValue {
        let most = reasons.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.maximumReasons)
        var value: JSONValue = [
            "provider": .string(provider), "revision": .integer(revision), "seconds": .integer(seconds),
            "accepted": .integer(accepted), "refused": .integer(refused), "unknowable": .integer(unknowable),
            "reasons": .array(most.map { ["reason": .string($0.key), "count": .integer($0.value)] }),
        ]
        value["lastAcceptedTime"] = lastAccepted.map { .string(Timestamp.text(of: $0)) }
        return value
    }
}
