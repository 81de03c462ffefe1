import Foundation
import JSON
import Schema

/// The one next thing to do about break-glass certificates.
enum BreakGlassStep: Equatable {
    /// The object that stands for the certificate in `admin.kubeconfig` is missing, or tells of another certificate.
    case tellOfBootstrap
    case sign(String)
    case remove(String)
    case rest(atMost: Int64)
}

/// How long an object is kept when its certificate has expired, or was never made: for whoever wants to know who used it.
let keptAfterExpiration: Int64 = 24 * 3600

/// - Parameters:
///   - bootstrap: the serial number of the certificate in `admin.kubeconfig`.
///   - now: seconds since 1970.
func breakGlassStep(_ certificates: [BreakGlassCertificate], bootstrap: String, now: Int64) -> BreakGlassStep {
    guard certificates.contains(where: { $0.isBootstrap && $0.status?.serialNumber == bootstrap }) else {
        return .tellOfBootstrap
    }
    let named = certificates.filter { !$0.isBootstrap }
    if let new = named.first(where: { $0.status?.serialNumber == nil && !$0.wasRefused }) {
        return .sign(new.metadata.name ?? "")
    }
    let ends = named.map { (name: $0.metadata.name ?? "", time: $0.end(now) + keptAfterExpiration) }
    guard let next = ends.min(by: { $0.time < $1.time }) else { return .rest(atMost: 3600) }
    return next.time <= now ? .remove(next.name) : .rest(atMost: min(next.time - now, 3600))
}

extension BreakGlassCertificate {
    fileprivate var wasRefused: Bool { status?.conditions?[type: BreakGlassCondition.ready]?.status == .false }

    /// When the certificate expires; of one that was refused, when it was asked for.
    fileprivate func end(_ now: Int64) -> Int64 {
        status?.expiration ?? metadata.creationTimestamp.flatMap(Timestamp.seconds) ?? now
    }
}

/// What the conditions of a `BreakGlassCertificate` are called.
enum BreakGlassCondition {
    static let ready = "Ready"
    static let signed = "Signed"
}
