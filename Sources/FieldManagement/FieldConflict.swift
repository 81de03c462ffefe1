import JSON

/// A field that somebody wants to apply while another manager owns it with another value.
package struct FieldConflict: Error, Hashable, Sendable {
    package let manager: ManagedFields.Manager
    /// When the other one changed its fields last; nil: it is not known.
    package let time: String?
    package let path: [PathElement]

    /// `.spec.type`
    package var field: String { path.map(\.description).joined() }

    /// `conflict with "kubectl-edit" using config.openshift.io/v1 at 2026-01-02T03:04:05Z`
    package var message: String { "conflict with \(other)" }

    private var other: String {
        var text = JSONWriter.text(of: .string(manager.name))
        if !manager.subresource.isEmpty { text += " with subresource \(JSONWriter.text(of: .string(manager.subresource)))" }
        guard manager.operation == .update else { return text }
        text += " using \(manager.apiVersion)"
        return time.map { "\(text) at \($0)" } ?? text
    }

    /// All conflicts as Kubernetes tells them.
    package static func summary(_ conflicts: [FieldConflict]) -> String {
        if conflicts.count == 1, let only = conflicts.first {
            return "Apply failed with 1 conflict: \(only.message): \(only.field)"
        }
        let byOther = Dictionary(grouping: conflicts, by: \.other)
        let lines = byOther.keys.sorted().flatMap { other in
            ["conflicts with \(other):"] + (byOther[other] ?? []).map { "- \($0.field)" }
        }
        return "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
    }
}

/// Every conflict of an apply.
package struct FieldConflicts: Error, Hashable, Sendable {
    package let conflicts: [FieldConflict]

    package init(conflicts: [FieldConflict]) { self.conflicts = conflicts }
}
