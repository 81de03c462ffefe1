import Foundation
import JSON
import Schema

/// All revisions there are, oldest first.
struct RolloutHistory: Sendable {
    struct Entry: Sendable {
        let revision: Int64
        let createdAt: String?
        let mode: String
        let who: String
        let cause: String
        /// `spec.authentication`: the configuration the revision was made from.
        let authentication: JSONValue?
        /// What workers get of it: everything in place of what the configuration only refers to.
        let snapshot: JSONValue?
        /// Somebody was to confirm it, and nobody did.
        let isUnconfirmed: Bool
        /// What came of it: `Good` on all workers, or `Failed`; nil: neither, or a controller of an earlier version made it.
        let phase: AuthenticationRevision.Status.Phase?

        var result: String { isUnconfirmed ? "Unconfirmed" : phase?.rawValue ?? "-" }
    }

    let entries: [Entry]
    /// How many workers run which revision.
    private let counts: [Int64: Int]
    private let latest: Int64

    init(revisions: [JSONValue], rollout: RolloutView) {
        entries = revisions.compactMap(Entry.init).sorted { $0.revision < $1.revision }
        counts = Dictionary(grouping: rollout.workers, by: \.revision).mapValues(\.count)
        latest = rollout.latest
    }

    subscript(revision: Int64) -> Entry? { entries.first { $0.revision == revision } }

    func text(now: Date) -> String {
        let rows = entries.map { entry in
            [
                "\(entry.revision)", Age.text(since: entry.createdAt, now: now), entry.mode, entry.who, nodes(entry.revision),
                entry.result, entry.cause,
            ]
        }
        return TextTable(header: ["REVISION", "AGE", "MODE", "CHANGED BY", "NODES", "RESULT", "CAUSE"], rows: rows).text()
    }

    private func nodes(_ revision: Int64) -> String {
        let count = counts[revision] ?? 0
        if revision == latest { return "\(count) (latest)" }
        return count == 0 ? "-" : "\(count)"
    }

    /// What `rollout undo` goes back to without a number: the newest revision that was good on all workers and whose configuration is not the
    /// present one.
    ///
    /// So a configuration that never became a revision is undone to the one that runs. What failed and what nobody confirmed is nothing to go
    /// back to; what nobody knows of, because an earlier version made it, is when there is nothing better.
    func target(undoing spec: JSONValue) -> Entry? {
        let others = entries.filter { entry in !entry.isUnconfirmed && entry.authentication.map { $0 != spec } ?? false }
        return others.last { $0.phase == .good } ?? others.last { $0.phase == nil }
    }
}

extension RolloutHistory.Entry {
    fileprivate init?(_ object: JSONValue) {
        guard let spec = object["spec"], let revision = spec["revision"]?.integerValue else { return nil }
        let annotations = object.value(at: "metadata", "annotations")
        let text = { (name: String) in PrintableText.of((spec[name]?.stringValue ?? "").replacing("\n", with: " ")) }
        let who = text("changedBy").isEmpty ? "<unknown>" : text("changedBy")
        self.init(
            revision: revision,
            createdAt: object.value(at: "metadata", "creationTimestamp")?.stringValue,
            mode: text("mode"),
            who: text("changedWith").isEmpty ? who : "\(who) (\(text("changedWith")))",
            cause: text("cause"),
            authentication: spec["authentication"],
            snapshot: spec["snapshot"],
            isUnconfirmed: annotations?[ConfirmationAnnotation.confirmBy] != nil
                && annotations?[ConfirmationAnnotation.confirmedAt] == nil,
            phase: object.value(at: "status", "phase")?.stringValue.flatMap(AuthenticationRevision.Status.Phase.init)
        )
    }

    var title: String { "revision \(revision), by \(who): \(cause)" }

    /// The configuration, and what it refers to, as lines to compare. Secrets are not in it, only which ones and in which version.
    var comparable: String {
        var resolved = snapshot ?? [:]
        // The numbers are the revision's own; keys come and go by themselves.
        (resolved["revision"], resolved["oldestRevision"]) = (nil, nil)
        resolved["issuers"] = resolved["issuers"]?.arrayValue.map { issuers in
            .array(
                issuers.map { issuer in
                    var issuer = issuer
                    issuer["seed"] = nil
                    return issuer
                }
            )
        }
        return YAMLWriter.text(of: ["configuration": authentication ?? [:], "resolved": Self.named(resolved)])
    }

    /// Without the names that only the encoding of Swift's enums has: `_0`.
    private static func named(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): return .array(values.map(named))
        case .object(let object):
            if object.count == 1, let only = object["_0"] { return named(only) }
            return .object(JSONObject(object.map { ($0.name == "_0" ? "name" : $0.name, named($0.value)) }))
        default: return value
        }
    }
}
