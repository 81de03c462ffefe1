import Authenticator
import JSON
import Snapshot

/// Turns a revision into the worker's state: checks, compiles, gets keys, keeps it on disk, and only then swaps it in.
struct SnapshotInstaller: Sendable {
    let live: LiveState
    let lastGood: LastGoodFile
    let providers: any ProviderSource
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Takes the revision of an `AuthenticationRevision` object; throws without having changed anything.
    func install(_ object: JSONValue, revision: Int64) async throws(RevisionFailure) {
        func failure(_ reason: RevisionFailure.Reason, _ message: String) -> RevisionFailure {
            RevisionFailure(revision: revision, reason: reason, message: message)
        }
        var snapshot = try snapshot(of: object, revision: revision)
        let compiled: CompiledSnapshot
        do { compiled = try CompiledSnapshot.compile(snapshot) } catch { throw failure(.notCompiled, error.description) }
        let keys = try await keys(for: snapshot)
        // What is kept on disk has the keys as they are now, so that a start without a network is as good as it can be.
        for index in snapshot.issuers.indices { snapshot.issuers[index].seed = keys[snapshot.issuers[index].issuerURL]?.seed }
        do { try lastGood.save(snapshot) } catch { throw failure(.notSaved, "\(error)") }
        live.update { state in
            WorkerState(authenticator: TokenAuthenticator(compiled), keys: keys, opaqueTokens: state.opaqueTokens)
        }
    }

    /// Takes the last good snapshot from disk, without any network; nil when there is none.
    func restore() throws -> Int64? {
        guard let snapshot = try lastGood.load() else { return nil }
        let compiled = try CompiledSnapshot.compile(snapshot)
        var keys = IssuerTable<IssuerKeys>()
        for issuer in snapshot.issuers {
            if let text = issuer.staticKeys {
                keys[issuer.issuerURL] = IssuerKeys(set: try KeySet.parse(text), seed: nil)
            } else if let seed = issuer.seed, !seed.isStale(now: now()) {
                keys[issuer.issuerURL] = IssuerKeys(set: try KeySet.parse(seed.jwks), seed: seed)
            }
        }
        live.update { state in
            WorkerState(authenticator: TokenAuthenticator(compiled), keys: keys, opaqueTokens: state.opaqueTokens)
        }
        return snapshot.revision
    }

    // MARK: - Steps

    private func snapshot(of object: JSONValue, revision: Int64) throws(RevisionFailure) -> WorkerSnapshot {
        func damaged(_ message: String) -> RevisionFailure {
            RevisionFailure(revision: revision, reason: .damaged, message: message)
        }
        guard let value = object.value(at: "spec", "snapshot") else { throw damaged("it holds no snapshot") }
        let snapshot: WorkerSnapshot
        let digest: String
        do {
            snapshot = try value.decoded()
            digest = try snapshot.digest()
        } catch {
            throw damaged("\(error)")
        }
        guard snapshot.revision == revision else { throw damaged("it calls itself revision \(snapshot.revision)") }
        guard object.value(at: "spec", "digest")?.stringValue == digest else { throw damaged("its digest is wrong") }
        return snapshot
    }

    private func keys(for snapshot: WorkerSnapshot) async throws(RevisionFailure) -> IssuerTable<IssuerKeys> {
        let present = live.load()
        let before = Dictionary((present.snapshot?.issuers ?? []).map { (ExactString($0.issuerURL), $0) }) { first, _ in first }
        var keys = IssuerTable<IssuerKeys>()
        for issuer in snapshot.issuers {
            let isUnmoved = before[ExactString(issuer.issuerURL)]?.hasSameSource(as: issuer) == true
            if let text = issuer.staticKeys {
                keys[issuer.issuerURL] = try staticKeys(text, of: issuer, revision: snapshot.revision)
            } else if let known = newest(of: issuer, mine: isUnmoved ? present.keys[issuer.issuerURL] : nil) {
                // Keys that are too old are not used before the provider confirms them, and that is asked for at once.
                keys[issuer.issuerURL] = known.seed?.isStale(now: now()) == true ? nil : known
            } else {
                keys[issuer.issuerURL] = try await fetched(issuer, revision: snapshot.revision)
            }
        }
        return keys
    }

    /// The newest keys that are known: the seed, or what this worker fetched since from the same place; nil: none are.
    private func newest(of issuer: Issuer, mine: IssuerKeys?) -> IssuerKeys? {
        if let mine, let seed = mine.seed, seed.fetchedAt >= issuer.seed?.fetchedAt ?? 0, mine.set.isUsable { return mine }
        // A set that cannot be read is as good as none: the provider is asked, and says what there is to say.
        guard let seed = issuer.seed, let set = try? KeySet.parse(seed.jwks), set.isUsable else { return nil }
        return IssuerKeys(set: set, seed: seed)
    }

    private func staticKeys(_ text: String, of issuer: Issuer, revision: Int64) throws(RevisionFailure) -> IssuerKeys {
        func missing(_ why: String) -> RevisionFailure {
            RevisionFailure(revision: revision, reason: .keysMissing, message: "static keys of provider \(issuer.name): \(why)")
        }
        let set: KeySet
        do { set = try KeySet.parse(text) } catch { throw missing("\(error)") }
        guard set.isUsable else { throw missing("none of them can be used") }
        return IssuerKeys(set: set, seed: nil)
    }

    private func fetched(_ issuer: Issuer, revision: Int64) async throws(RevisionFailure) -> IssuerKeys {
        do {
            let material = try await providers.fetch(issuer, last: nil)
            let set = try KeySet.parse(material.jwks)
            guard set.isUsable else { throw ProviderFailure.noUsableKey(url: issuer.issuerURL) }
            return IssuerKeys(set: set, seed: KeySeed(jwks: material.jwks, fetchedAt: now()))
        } catch {
            throw RevisionFailure(revision: revision, reason: .keysMissing, message: "provider \(issuer.name): \(error)")
        }
    }
}
