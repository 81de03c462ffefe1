import JSON
import Listening
import Schema
import Store
import Web

/// Judges break-glass certificates that TLS has let in, and tells of their use. Asked by every request; it waits for nothing.
///
/// A named certificate counts as long as its object is there, has its number, and says that it has not expired; the connection may be
/// older than any of that. The certificate of `admin.kubeconfig` counts always.
struct BreakGlassAccess: Sendable {
    /// The header of the controller's own test.
    static let selfTestHeader = "x-postern-self-test"

    let store: any ObjectStore
    let observers: BreakGlassObservers
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Why the certificate does not count; nil: it does, or it is none for breaking glass.
    func refusal(of caller: Caller, _ certificate: CertificateSubject) -> APIStatus? {
        guard let name = caller.breakGlass, !caller.username.hasSameBytes(as: BreakGlassCertificate.bootstrapUser) else {
            return nil
        }
        // What the store cannot tell at once is no reason to let anybody in.
        guard let object = store.atHand(ObjectID(BreakGlassCertificate.resource, name: name))?.value,
            object.value(at: "metadata", "deletionTimestamp")?.stringValue == nil, let status = object["status"],
            let number = status["serialNumber"]?.stringValue, number.hasSameBytes(as: certificate.serialNumber),
            let expiration = status["expirationTime"]?.stringValue.flatMap(Timestamp.seconds), now() < expiration
        else {
            return APIStatus(
                code: 401,
                reason: "Unauthorized",
                message: "the break-glass certificate \"\(name)\" has been revoked or has expired"
            )
        }
        return nil
    }

    func record(_ caller: Caller, _ certificate: CertificateSubject, address: String?, userAgent: String) {
        guard let name = caller.breakGlass else { return }
        observers.onUse(
            BreakGlassUse(
                certificate: name,
                serialNumber: certificate.serialNumber,
                address: address,
                userAgent: userAgent
            )
        )
    }
}
