import Authenticator
import Certificates
import JSON
import Snapshot

/// Turns a revision into the worker's state: checks, compiles, gets keys, keeps it on disk, and only then swaps it in.
struct SnapshotInstaller: Sendable {
    let live: LiveState
    let lastGood: LastGoodFile
    let providers: any ProviderSource
    /// Whose snapshots are taken.
    let verifier: SnapshotVerifier
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    var secrets: SecretShelf?

    /// Takes the revision of an `AuthenticationRevision` object; throws without having changed anything.
    func install(_ object: JSONValue, revision: Int64) async throws(RevisionFailure) {
        func failure(_ reason: RevisionFailure.Reason, _ message: String) -> RevisionFailure {
            RevisionFailure(revision: revision, reason: reason, message: message)
        }
        let content = try content(of: object, revision: revision)
        var snapshot = content.snapshot
        let compiled: CompiledSnapshot
        do { compiled = try CompiledSnapshot.compile(snapshot) } catch { throw failure(.notCompiled, error.description) }
        let keys = try await keys(for: snapshot)
        do { try await secrets?.gather(snapshot.secrets) } catch { throw failure(.secretsMissing, "\(error)") }
        // What is kept on disk has the keys as they are now, so that a start without a network is as good as it can be.
        for index in snapshot.issuers.indices { snapshot.issuers[index].seed = keys[snapshot.issuers[index].issuerURL]?.seed }
        do {
            try lastGood.save(
                .init(
                    snapshot: snapshot,
                    signature: content.signature,
                    oldestRevision: max(oldestRevision, snapshot.oldestRevision ?? 0)
                )
            )
        } catch {
            throw failure(.notSaved, "\(error)")
        }
        live.update { state in
            state.with(TokenAuthenticator(compiled), keys: keys)
        }
        secrets?.keep(snapshot.secrets)
    }

    /// Gets those secrets of the live revision that were lost together with their file.
    func completeSecrets() async throws {
        if let snapshot = live.load().snapshot { try await secrets?.gather(snapshot.secrets) }
    }

    /// Takes the last good snapshot from disk, without any network; nil when there is none.
    func restore() throws -> Int64? {
        guard let content = try lastGood.load() else { return nil }
        try verify(content)
        let snapshot = content.snapshot
        secrets?.load()
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
            state.with(TokenAuthenticator(compiled), keys: keys)
        }
        return snapshot.revision
    }

    // MARK: - Steps

    private func content(of object: JSONValue, revision: Int64) throws(RevisionFailure) -> LastGoodFile.Content {
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
        var content = LastGoodFile.Content(snapshot: snapshot)
        if let certificate = object.value(at: "spec", "signature", "certificate")?.stringValue,
            let signature = object.value(at: "spec", "signature", "value")?.stringValue
        {
            content.signature = SnapshotSignature(digest: digest, certificate: certificate, value: signature)
        }
        do {
            try verify(content)
        } catch {
            throw RevisionFailure(revision: revision, reason: .forged, message: "\(error)")
        }
        let oldest = oldestRevision
        guard revision >= oldest else {
            throw RevisionFailure(
                revision: revision,
                reason: .older,
                message:
                    "all workers have served revision \(oldest) already; where the controller's store came out of a backup, "
                    + "make a new revision of it: ctl rollout restart"
            )
        }
        return content
    }

    /// The oldest that is taken. A store that came out of a backup may know of less.
    private var oldestRevision: Int64 { max(lastGood.oldestRevision, live.load().snapshot?.oldestRevision ?? 0) }

    /// Throws unless the controller vouches for everything but the keys, which the worker fetches itself.
    private func verify(_ content: LastGoodFile.Content) throws {
        guard let signature = content.signature else { throw Unsigned() }
        let statement = try content.snapshot.statement(digest: signature.digest)
        try verifier.check(signature.value, over: statement, certificatePEM: signature.certificate)
    }

    private struct Unsigned: Error, CustomStringConvertible {
        let description = "it has no signature"
    }

    private func keys(for snapshot: WorkerSnapshot) async throws(RevisionFailure) -> IssuerTable<IssuerKeys> {
        func missing(_ what: String) -> RevisionFailure {
            RevisionFailure(revision: snapshot.revision, reason: .keysMissing, message: what)
        }
        let gathering = KeyGathering(providers: providers, now: now)
        let present = KeyGathering.Present(live.load())
        var keys = IssuerTable<IssuerKeys>()
        for issuer in snapshot.issuers {
            let known: KeyGathering.Known
            do {
                known = try gathering.known(issuer, in: present)
            } catch {
                throw missing("static keys of provider \(issuer.name): \(error)")
            }
            switch known {
            case .keys(let found): keys[issuer.issuerURL] = found
            case .stale: break
            case .none:
                do {
                    keys[issuer.issuerURL] = try await gathering.fetched(issuer)
                } catch {
                    throw missing("provider \(issuer.name): \(error)")
                }
            }
        }
        return keys
    }
}
