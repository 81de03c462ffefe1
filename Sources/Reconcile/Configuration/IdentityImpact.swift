import Authenticator
import JSON
import Resolve
import Schema
import Snapshot

/// Who gains, loses or is renamed between the configuration in force and another one, by the kinds of tokens that people logged in with.
///
/// The tokens are not there any more, only their claims' shapes: what depends on a value cannot be told, and is not.
struct IdentityImpact {
    enum Change: Hashable {
        case same
        case renamed(from: String, to: String)
        /// The tokens lack something that the new configuration needs.
        case lost(String)
        case gained(String)
        /// It depends on what the claims say.
        case open
    }

    /// How many are told; of more only the number.
    private static let limit = 8

    struct Entry: Hashable {
        let provider: String
        /// The names of the claims.
        let claims: [String]
        let change: Change
    }

    let entries: [Entry]

    /// - Parameters:
    ///   - shapes: as workers report them.
    ///   - now: seconds since 1970.
    init(of shapes: [Node.ClaimShape], from old: WorkerSnapshot, to new: WorkerSnapshot, now: Int64) {
        guard old.mode == .oidc, new.mode == .oidc, let before = try? CompiledSnapshot.compile(old),
            let after = try? CompiledSnapshot.compile(new)
        else {
            entries = []
            return
        }
        var seen: Set<JSONObject> = []
        entries = shapes.compactMap { shape in
            guard let claims = shape.claims.objectValue, seen.insert(claims).inserted else { return nil }
            let sample = ClaimSample(ClaimShape(kept: claims).claims)
            return Entry(
                provider: shape.provider,
                claims: claims.names.sorted(),
                change: Self.change(from: sample.outcome(in: before, now: now), to: sample.outcome(in: after, now: now))
            )
        }
    }

    private static func change(from before: ClaimSample.Outcome, to after: ClaimSample.Outcome) -> Change {
        switch (before, after) {
        case (.user(let old), .user(let new)):
            old.username.utf8.elementsEqual(new.username.utf8) ? .same : .renamed(from: old.username, to: new.username)
        case (.user, .refused(let refusal)): refusal.isForWantOfClaims ? .lost(refusal.description) : .open
        case (.refused(let refusal), .user(let new)): refusal.isForWantOfClaims ? .gained(new.username) : .open
        case (.refused, .refused), (.undecided, _), (_, .undecided): .open
        }
    }

    /// Sentences for people, those that lose something first.
    var sentences: [String] {
        let lost = entries.compactMap { entry in
            if case .lost(let why) = entry.change { "\(what(entry)) would be refused: \(why)" } else { nil }
        }
        let renamed = entries.compactMap { entry in
            if case .renamed(let old, let new) = entry.change {
                "\(what(entry)) would be renamed: \"\(old)\" becomes \"\(new)\", where a claim's name stands for what it says"
            } else {
                nil
            }
        }
        let gained = entries.compactMap { entry in
            if case .gained(let name) = entry.change { "\(what(entry)) would be accepted as \"\(name)\"" } else { nil }
        }
        let all = lost + renamed + gained
        return all.count > Self.limit ? all.prefix(Self.limit) + ["and \(all.count - Self.limit) more kinds of tokens"] : all
    }

    /// Providers that stay, and of whose tokens none that people lately logged in with would be taken any more.
    func lockedOut(of content: WorkerSnapshot) -> [String] {
        let known = Dictionary(grouping: entries.filter { $0.change != .open }, by: \.provider)
        return content.issuers.map(\.name).filter { name in
            known[name]?.allSatisfy { if case .lost = $0.change { true } else { false } } ?? false
        }
    }

    /// Why the tokens of a provider would be refused.
    func reason(of provider: String) -> String {
        let reasons = entries.filter { $0.provider.utf8.elementsEqual(provider.utf8) }.compactMap { entry in
            if case .lost(let why) = entry.change { why } else { nil }
        }
        return Set(reasons).sorted().joined(separator: "; ")
    }

    private func what(_ entry: Entry) -> String {
        "recent logins through provider \"\(entry.provider)\" with claims \(entry.claims.joined(separator: ", "))"
    }
}

extension Refusal {
    /// Whatever the claims say: they are not there, or the token is for somebody else.
    fileprivate var isForWantOfClaims: Bool {
        switch reason {
        case .issuerUnknown, .audienceMismatch, .claimMissing, .claimType: true
        case .expressionFailed: detail.contains("no such key")
        default: false
        }
    }
}
