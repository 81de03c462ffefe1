import JSON

/// What a new revision changes for people who log in, as far as the roll-out asks.
struct RevisionChange {
    private let revision: Int64
    private let new: JSONValue
    /// The last good revision; nil: there is none.
    private let old: JSONValue?
    /// Whether an earlier revision had the same content, and no later one than the last good.
    private let hasRunBefore: Bool

    /// nil when nothing is new: there is no revision that has yet to prove itself.
    init?(to latest: Int64, from good: Int64, in revisions: [JSONValue]) {
        func spec(_ number: Int64) -> JSONValue? {
            revisions.first { $0.value(at: "spec", "revision")?.integerValue == number }?["spec"]
        }
        guard latest > good, let new = spec(latest) else { return nil }
        (self.revision, self.new, old) = (latest, new, spec(good))
        hasRunBefore = revisions.contains { object in
            (object.value(at: "spec", "revision")?.integerValue ?? .max) <= good
                && object.value(at: "spec", "contentDigest") == new["contentDigest"]
        }
    }

    /// A revision that lets nobody in by a token cannot be proven by one; what ran before needs no proof.
    var needsProofOfLogin: Bool {
        new["mode"] != "None" && !hasRunBefore
    }

    /// nil where logins are meant to go another way than before, or where there is nothing to compare with.
    func comparison(on nodes: [WorkerNode]) -> LoginComparison? {
        guard let old, new["mode"] == old["mode"], new["mode"] != "None" else { return nil }
        return LoginComparison(
            nodes: nodes,
            revision: revision,
            providers: providers(new),
            earlierProviders: providers(old)
        )
    }

    private func providers(_ spec: JSONValue) -> Set<String> {
        let providers = spec.value(at: "authentication", "oidcProviders")?.arrayValue ?? []
        return Set(providers.compactMap { $0["name"]?.stringValue })
    }
}
