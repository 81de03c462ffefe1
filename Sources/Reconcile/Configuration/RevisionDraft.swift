import Certificates
import JSON
import Schema
import Snapshot

/// An `AuthenticationRevision` before it is written: the next number, the resolved content, and where it comes from.
struct RevisionDraft {
    /// The latest revision, as far as a new one is compared with it.
    struct Previous {
        let revision: Int64
        let contentDigest: String
        let snapshot: WorkerSnapshot
        let isSigned: Bool
        let authentication: JSONValue?
        let forceReason: String
        let changeCause: String?
        /// The request for a confirmation that this revision has seen.
        let confirmWithin: String?
        let returnGeneration: String?
        /// What it waits for itself; nil: for no confirmation.
        let confirmation: RevisionConfirmation?

        init(_ object: JSONValue) throws {
            let revision = try object.decoded(as: AuthenticationRevision.self)
            self.revision = revision.spec.revision
            contentDigest = revision.spec.contentDigest
            snapshot = try revision.spec.snapshot.decoded(as: WorkerSnapshot.self)
            authentication = revision.spec.authentication
            isSigned = revision.spec.signature != nil
            forceReason = revision.metadata.annotations?[Annotation.forceReason] ?? ""
            changeCause = revision.metadata.annotations?[Annotation.changeCause]
            confirmation = RevisionConfirmation(of: object)
            returnGeneration = revision.metadata.annotations?[Annotation.returnGeneration]
            confirmWithin = revision.metadata.annotations?[ConfirmationAnnotation.confirmWithin]
        }
    }

    /// The Authentication this comes from.
    let authentication: JSONValue
    /// The KubeAPIServer, for `forceRedeploymentReason` and who set it.
    let operatorObject: JSONValue?
    let previous: Previous?
    let spent: Spent
    /// The newest revision that any worker runs. It is higher than all revisions where the store came out of a backup.
    var newestRunning: Int64 = 0

    /// What the author wrote for an earlier change that led to no revision.
    struct Spent: Hashable {
        var cause: String?
        var confirmWithin: String?
    }

    /// What the author wrote for this change, once it is known to lead to no revision.
    var asSpent: Spent {
        Spent(cause: ownCause, confirmWithin: annotation(ConfirmationAnnotation.confirmWithin, of: authentication))
    }

    /// What the author of the Authentication wrote as the cause (`kubernetes.io/change-cause`), perhaps for an earlier change.
    var ownCause: String? { annotation(Annotation.changeCause, of: authentication) }

    /// The newest revision that was good on all workers; 0: none.
    var lastGoodRevision: Int64 { operatorObject?.value(at: "status", "lastGoodRevision")?.integerValue ?? 0 }

    /// The highest number ever given. Numbers are not used again, even if somebody deletes a revision.
    private var highestNumber: Int64 {
        max(previous?.revision ?? 0, operatorObject?.value(at: "status", "latestAvailableRevision")?.integerValue ?? 0)
    }

    /// Workers refuse what is older than what they have had. Their word is taken within bounds only: numbers must not run out.
    private var nextNumber: Int64 {
        let running = max(newestRunning, 0) - Self.longestLead <= highestNumber ? newestRunning : 0
        return max(highestNumber, running) + 1
    }

    private static let longestLead: Int64 = 100_000

    /// The controller itself wants this configuration back, and no revision has brought it yet.
    var isReturn: Bool { returnMark != nil && previous?.returnGeneration != returnMark }

    /// It has come back, and nobody has changed it since.
    var hasReturned: Bool { returnMark != nil && previous?.returnGeneration == returnMark }

    private var returnMark: String? {
        guard let generation = authentication.value(at: "metadata", "generation")?.integerValue else { return nil }
        return annotation(Annotation.returnGeneration, of: authentication).flatMap { $0 == "\(generation)" ? $0 : nil }
    }

    var forceReason: String { operatorObject?.value(at: "spec", "forceRedeploymentReason")?.stringValue ?? "" }
    private var isForced: Bool { previous.map { $0.forceReason != forceReason } ?? false }

    /// Whether workers have to change at all.
    func isNeeded(for content: WorkerSnapshot) throws -> Bool {
        guard let previous, previous.isSigned, previous.revision == highestNumber else { return true }
        return try previous.contentDigest != content.contentDigest() || (isForced && !forceReason.isEmpty)
    }

    /// Whether nothing is asked for but the same once more, with the keys as they are now.
    func isRestart(of content: WorkerSnapshot) throws -> Bool {
        guard let previous, isForced, !forceReason.isEmpty else { return false }
        return try previous.contentDigest == content.contentDigest()
    }

    /// - Parameters:
    ///   - hasFreshKeys: whether all providers were asked; if not, a restart that was asked for is still to be done.
    ///   - signer: vouches for it to the workers.
    ///   - now: seconds since 1970.
    func object(_ content: WorkerSnapshot, hasFreshKeys: Bool = true, signer: SnapshotSigner, now: Int64) throws -> JSONValue {
        var snapshot = content
        snapshot.revision = nextNumber
        // No roll-out ever goes back beyond it: it only rises.
        snapshot.oldestRevision = lastGoodRevision > 0 ? min(lastGoodRevision, snapshot.revision) : nil
        let digest = try snapshot.digest()
        let signature = AuthenticationRevision.Signature(
            certificate: signer.certificatePEM,
            value: try signer.signature(over: try snapshot.statement(digest: digest))
        )
        let spec = authentication["spec"] ?? [:]
        let isOurChange = previous?.authentication == spec && isForced
        let source = isOurChange ? operatorObject : authentication
        let revision = AuthenticationRevision.Spec(
            revision: snapshot.revision,
            digest: digest,
            contentDigest: try snapshot.contentDigest(),
            mode: snapshot.mode.rawValue,
            cause: cause(spec, content, isOurChange: isOurChange),
            changedBy: annotation(Annotation.changedBy, of: source) ?? "system:controller",
            changedWith: annotation(Annotation.changedWith, of: source) ?? "controller",
            authentication: spec,
            secrets: snapshot.secrets.isEmpty ? nil : Set(snapshot.secrets.map(\.name)).sorted(),
            snapshot: try JSONValue(encoding: snapshot),
            signature: signature
        )
        var annotations: JSONValue = [
            Annotation.forceReason: .string(hasFreshKeys ? forceReason : previous?.forceReason ?? "")
        ]
        var confirmation = RevisionConfirmation.annotations(
            for: annotation(ConfirmationAnnotation.confirmWithin, of: authentication),
            spent: [previous?.confirmWithin, spent.confirmWithin],
            // What nobody has confirmed is nothing to come back to.
            good: previous?.confirmation?.revertTo ?? lastGoodRevision,
            now: now
        )
        // Of the same configuration once more, with other keys or authorities perhaps, nobody has taken the request away.
        if confirmation[ConfirmationAnnotation.confirmBy] == nil, previous?.authentication == spec {
            confirmation.merge(previous?.confirmation?.annotations ?? [:]) { own, _ in own }
        }
        for (name, value) in confirmation { annotations[name] = .string(value) }
        annotations[Annotation.returnGeneration] = returnMark.map(JSONValue.string)
        if isReturn { annotations[Annotation.isReturn] = "true" }
        annotations[Annotation.changeCause] = annotation(Annotation.changeCause, of: authentication).map(JSONValue.string)
        return [
            "apiVersion": "postern.dev/v1alpha1",
            "kind": "AuthenticationRevision",
            "metadata": [
                "name": .string(AuthenticationRevision.name(of: snapshot.revision)),
                "annotations": annotations,
            ],
            "spec": try JSONValue(encoding: revision),
        ]
    }

    private func cause(_ spec: JSONValue, _ content: WorkerSnapshot, isOurChange: Bool) -> String {
        ChangeCause.words(
            own: isOurChange || isOldCause ? nil : ownCause,
            spec: spec,
            previousSpec: previous.map { $0.authentication ?? [:] },
            content: content,
            previousContent: previous?.snapshot,
            forced: isForced ? forceReason : nil
        )
    }

    /// Whether the cause was written for an earlier change. Other clients leave the words of an undo where they are, and each undo writes its own.
    private var isOldCause: Bool {
        if ownCause?.hasPrefix("rollback to revision ") == true,
            let client = annotation(Annotation.changedWith, of: authentication)
        {
            return client != "ctl-rollout-undo"
        }
        return [previous?.changeCause, spent.cause].contains(ownCause)
    }

    private func annotation(_ name: String, of object: JSONValue?) -> String? {
        object?.value(at: "metadata", "annotations")?[name]?.stringValue
    }
}
