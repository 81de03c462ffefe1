import JSON
import Listening
package import Schema
import Web

/// `POST workercertificates`: a worker of another host joins, or renews its certificates.
package struct WorkerCertificates: Sendable {
    /// Who asks, as TLS has proven it.
    package struct Asker: Hashable, Sendable {
        package let username: String
        /// Of the certificate that was shown, in hex.
        package let serialNumber: String
        /// Where the connection comes from.
        package let address: String?
    }

    private let certify: @Sendable (WorkerCertificate.Spec, Asker) async throws -> WorkerCertificate.Status

    /// - Parameter certify: gives the certificates, or throws a `WorkerCertificate.Refusal`.
    package init(certify: @escaping @Sendable (WorkerCertificate.Spec, Asker) async throws -> WorkerCertificate.Status) {
        self.certify = certify
    }

    func answer(_ call: APICall) async throws -> JSONValue {
        // Nobody gets certificates in somebody else's name, whoever may do everything else in it.
        guard let certificate = call.certificate, call.caller.actingThrough == nil, call.caller.impersonatedBy == nil else {
            throw WorkerCertificate.Refusal.notAWorker
        }
        guard call.query["dryRun"] == nil else { throw APIStatus.badRequest("a dry run of this is not possible") }
        let body = try ObjectBody.read(call)
        let spec: WorkerCertificate.Spec
        do {
            spec = try (body["spec"] ?? [:]).decoded(as: WorkerCertificate.Spec.self)
        } catch {
            throw APIStatus.badRequest("the body is not a WorkerCertificate with spec.workerName and spec.request: \(error)")
        }
        let asker = Asker(username: certificate.commonName, serialNumber: certificate.serialNumber, address: call.address)
        let status = try await certify(spec, asker)
        return try JSONValue(encoding: WorkerCertificate(spec: spec, status: status))
    }
}
