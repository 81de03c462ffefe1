import JSON
import Listening
import Schema
import Store
import Web

/// Judges certificates of workers, and of worker tokens, that TLS has let in. Asked by every request; it waits for nothing.
///
/// A worker counts as long as its Node is there, and its certificate as long as the Node lists it; a Node that lists none takes every
/// certificate with the worker's name. A token counts as long as its object is there.
struct WorkerAccess: Sendable {
    private static let nodes = ResourceName(group: "", plural: "nodes")

    let store: any ObjectStore
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Why the certificate does not count; nil: it does, or it is none of a worker or token.
    func refusal(of certificate: CertificateSubject) -> APIStatus? {
        for organization in certificate.organizations {
            if organization.hasSameBytes(as: CallerAuthentication.workers) { return refusal(ofWorker: certificate) }
            if organization.hasSameBytes(as: WorkerToken.holders) { return refusal(ofToken: certificate) }
        }
        return nil
    }

    private func refusal(ofWorker certificate: CertificateSubject) -> APIStatus? {
        guard let name = CallerAuthentication.workerName(ofUser: certificate.commonName) else { return nil }
        // What the store cannot tell at once is no reason to let anybody in.
        guard let node = store.atHand(ObjectID(Self.nodes, name: name))?.value else {
            return Self.unauthorized("the worker \"\(name)\" has been removed, or has never joined")
        }
        let listed = node.value(at: "spec", "certificates")?.arrayValue ?? []
        let counts = listed.contains { $0["serialNumber"]?.stringValue?.hasSameBytes(as: certificate.serialNumber) == true }
        if listed.isEmpty || counts { return nil }
        return Self.unauthorized("another certificate of the worker \"\(name)\" has replaced this one")
    }

    private func refusal(ofToken certificate: CertificateSubject) -> APIStatus? {
        guard let name = WorkerToken.name(ofUser: certificate.commonName),
            let status = store.atHand(ObjectID(WorkerToken.resource, name: name))?.value["status"],
            let number = status["serialNumber"]?.stringValue, number.hasSameBytes(as: certificate.serialNumber),
            let expiration = status["expirationTime"]?.stringValue.flatMap(Timestamp.seconds), now() < expiration
        else {
            return Self.unauthorized("the worker token has been revoked or has expired: make another (ctl worker token)")
        }
        return nil
    }

    private static func unauthorized(_ message: String) -> APIStatus {
        APIStatus(code: 401, reason: "Unauthorized", message: message)
    }
}
