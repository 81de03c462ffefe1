import JSON
import Schema

/// The one next thing to do about objects that ask for certificates.
enum IssuingStep: Equatable {
    case sign(String)
    case remove(String)
    case rest(atMost: Int64)
}

/// An object that asks for a certificate, as far as the next thing to do depends on it.
struct Issuance {
    let name: String
    let isSigned: Bool
    let wasRefused: Bool
    /// When the certificate expires; of one that was not signed, when it was asked for. Seconds since 1970.
    let end: Int64

    init(_ metadata: ObjectMeta, _ status: (any IssuedCertificateStatus)?, now: Int64) {
        name = metadata.name ?? ""
        isSigned = status?.serialNumber != nil
        wasRefused = status?.wasRefused ?? false
        end = [status?.expirationTime, metadata.creationTimestamp].compactMap { $0 }.first.flatMap(Timestamp.seconds) ?? now
    }
}

/// How long an object is kept when its certificate has expired, or was never made: for whoever wants to know who used it.
let keptAfterExpiration: Int64 = 24 * 3600

/// - Parameter now: seconds since 1970.
func issuingStep(_ issuances: [Issuance], now: Int64) -> IssuingStep {
    if let new = issuances.first(where: { !$0.isSigned && !$0.wasRefused }) { return .sign(new.name) }
    guard let next = issuances.min(by: { $0.end < $1.end }) else { return .rest(atMost: 3600) }
    let time = next.end + keptAfterExpiration
    return time <= now ? .remove(next.name) : .rest(atMost: min(time - now, 3600))
}
