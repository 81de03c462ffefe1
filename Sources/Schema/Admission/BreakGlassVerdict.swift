import JSON

/// Whether somebody has lately been in with a break-glass certificate that is still valid.
package enum BreakGlassVerdict: Hashable, Sendable {
    case notRequired
    case verified(certificate: String)
    /// - Parameter lastUse: of a certificate that is still valid, in seconds since 1970; nil: none was ever used.
    case unverified(days: Int64, lastUse: Int64?)

    /// Why one may not count on it; nil: one may.
    package var reason: String? {
        switch self {
        case .notRequired, .verified: nil
        case .unverified(let days, nil):
            "no valid break-glass certificate has been used in the last \(Self.text(ofDays: days)), or ever"
        case .unverified(let days, let lastUse?):
            """
            no valid break-glass certificate has been used in the last \(Self.text(ofDays: days)), but last at \
            \(Timestamp.text(of: lastUse))
            """
        }
    }

    private static func text(ofDays days: Int64) -> String { days == 1 ? "day" : "\(days) days" }
}

/// The verdict on all break-glass certificates that there are.
///
/// - Parameters:
///   - withinDays: how long a use counts; 0: none is asked for.
///   - now: seconds since 1970.
package func breakGlassVerdict(
    _ certificates: [BreakGlassCertificate],
    withinDays days: Int64,
    now: Int64
) -> BreakGlassVerdict {
    guard days > 0 else { return .notRequired }
    let uses = certificates.compactMap { certificate -> (name: String, time: Int64)? in
        guard let name = certificate.metadata.name, let status = certificate.status, let expiration = status.expiration,
            expiration > now, let time = status.lastUse
        else { return nil }
        return (name, time)
    }
    guard let last = uses.max(by: { $0.time < $1.time }) else { return .unverified(days: days, lastUse: nil) }
    return now - last.time <= days * 86_400 ? .verified(certificate: last.name) : .unverified(days: days, lastUse: last.time)
}
