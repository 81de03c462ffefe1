import JSON

/// What a new revision changes for people who log in, as far as the roll-out asks.
struct RevisionChange {
    private let revision: Int64
    private let new: JSONValue
    /// The last good revision; nil: there is none.
    private let old: JSONValue?
    /// Whether an earlier revision had the same content and was good on all workers.
    private let wasGoodBefore: Bool
    /// The controller itself brings an earlier configuration back.
    private let isReturn: Bool

    /// nil when nothing is new: there is no revision that has yet to prove itself.
    init?(to latest: Int64, from good: Int64, in revisions: [JSONValue]) {
        func object(_ number: Int64) -> JSONValue? {
            revisions.first { $0.value(at: "spec", "revision")?.integerValue == number }
        }
        guard latest > good, let newest = object(latest), let new = newest["spec"] else { return nil }
        (self.revision, self.new, old) = (latest, new, object(good)?["spec"])
        wasGoodBefore = new["contentDigest"]?.stringValue.map { revisions.haveGoodContent($0, lastGood: good) } ?? false
        isReturn = newest.value(at: "metadata", "annotations")?[Annotation.isReturn] != nil
    }

    /// A pause is for what people want next. What comes back by itself is what they had, and they may be locked out meanwhile.
    var ignoresPause: Bool { isReturn && wasGoodBefore }

    /// A revision that lets nobody in by a token cannot be proven by one; what was good before needs no proof.
    var needsProofOfLogin: Bool {
        new["mode"] != "None" && !wasGoodBefore
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
