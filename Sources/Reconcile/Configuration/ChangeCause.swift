import JSON
import Snapshot

/// Says in words what has changed from one revision to the next, for the history.
enum ChangeCause {
    /// How many fields are named before the rest is only counted.
    private static let limit = 5

    /// - Parameters:
    ///   - own: what the administrator wrote as the cause, if it is new.
    ///   - isForced: a new `forceRedeploymentReason` asks for the revision.
    static func words(
        own: String?,
        spec: JSONValue,
        previousSpec: JSONValue?,
        content: WorkerSnapshot,
        previousContent: WorkerSnapshot?,
        forced: String?
    ) -> String {
        if let own, !own.isEmpty { return own }
        guard let previousSpec else { return "first revision" }
        var changes = difference(from: previousSpec, to: spec, at: "spec")
        if changes.isEmpty, let previousContent { changes = resolvedDifference(from: previousContent, to: content) }
        if changes.isEmpty { return forced.map { "forced: \($0)" } ?? "resolved content changed" }
        let rest = changes.count - limit
        let named = changes.prefix(limit).joined(separator: ", ")
        return rest > 0 ? "\(named) and \(rest) more" : named
    }

    /// Goes into objects, and into lists of the same length; whatever else differs is named as a whole.
    private static func difference(from old: JSONValue, to new: JSONValue, at path: String) -> [String] {
        guard old != new else { return [] }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            return Set(before.names + after.names).sorted().flatMap { name -> [String] in
                let path = "\(path).\(name)"
                return switch (before[name], after[name]) {
                case (.some(let old), .some(let new)): difference(from: old, to: new, at: path)
                case (.none, .some): ["\(path) added"]
                case (.some, .none): ["\(path) removed"]
                case (.none, .none): []
                }
            }
        case (.array(let before), .array(let after))
        where before.count == after.count && before.allSatisfy({ $0.objectValue != nil }):
            return before.indices.flatMap { difference(from: before[$0], to: after[$0], at: "\(path)[\($0)]") }
        default: return ["\(path) changed"]
        }
    }

    /// The words are the same, but what they refer to is not.
    private static func resolvedDifference(from old: WorkerSnapshot, to new: WorkerSnapshot) -> [String] {
        var changes: [String] = []
        for issuer in new.issuers {
            let before = old.issuers.first { $0.issuerURL.utf8.elementsEqual(issuer.issuerURL.utf8) }
            if let before, before.certificateAuthority != issuer.certificateAuthority {
                changes.append("certificate authority of provider \"\(issuer.name)\" changed")
            }
            if let before, before.staticKeys != issuer.staticKeys {
                changes.append("static keys of provider \"\(issuer.name)\" changed")
            }
        }
        for secret in new.secrets where !old.secrets.contains(secret) { changes.append("secret \"\(secret.name)\" changed") }
        if old.oauthMetadata != new.oauthMetadata { changes.append("OAuth metadata changed") }
        return changes
    }
}
