/// How much of a request is recorded, as in Kubernetes (`audit.k8s.io/v1`).
package enum AuditLevel: String, Comparable, Sendable, CaseIterable {
    case none = "None"
    /// Who did what, when, and what came of it.
    case metadata = "Metadata"
    /// The object that was sent, too.
    case request = "Request"
    /// The object that was answered, too.
    case requestResponse = "RequestResponse"

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: AuditLevel, right: AuditLevel) -> Bool { left.rank < right.rank }
}
