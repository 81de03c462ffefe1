import Certificates
import Client
import Foundation
import JSON

/// Asks the controller for a worker's certificates: the first time with a token, later with the ones before.
struct CertificateAsking: Sendable {
    /// Why the answer cannot be used.
    struct UnusableAnswer: Error, CustomStringConvertible {
        let why: String
        var description: String { "the controller's answer cannot be used: \(why)" }
    }

    private static let path = ResourcePath("postern.dev/v1alpha1", "workercertificates")

    let client: ControllerClient
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - hosts: names and addresses under which the worker is reached; empty when it renews.
    ///   - authorityPEM: the cluster's authority, which goes on being believed.
    func identity(of name: String, _ key: KeyAndRequest, hosts: [String], authorityPEM: String) async throws -> JoinedIdentity {
        var spec: JSONValue = ["workerName": .string(name), "request": .string(key.requestPEM)]
        if !hosts.isEmpty { spec["hosts"] = .array(hosts.map(JSONValue.string)) }
        let answer = try await client.create(
            Self.path,
            ["apiVersion": "postern.dev/v1alpha1", "kind": "WorkerCertificate", "spec": spec]
        )
        guard let status = answer["status"], let chain = status["clientCertificate"]?.stringValue,
            let serving = status["servingCertificate"]?.stringValue
        else { throw UnusableAnswer(why: "it holds no certificates") }
        let expiresAt: Int64
        do {
            expiresAt = try CertificateFacts(pem: chain).expiration
            _ = try CertificateFacts(pem: serving)
        } catch {
            throw UnusableAnswer(why: "\(error)")
        }
        return JoinedIdentity(
            name: name,
            certificateAuthority: authorityPEM,
            key: key.keyPEM,
            clientCertificate: chain,
            servingCertificate: serving,
            hosts: status["hosts"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            receivedAt: now(),
            expiresAt: expiresAt
        )
    }
}
