import Certificates
import Foundation
import JSON
import Schema

/// The status of an object that asks the controller for a certificate: what was signed, or why nothing was.
protocol IssuedCertificateStatus {
    var username: String? { get set }
    /// As PEM.
    var certificate: String? { get set }
    /// In hex, without leading zeros.
    var serialNumber: String? { get set }
    /// RFC 3339.
    var expirationTime: String? { get set }
    var conditions: [Condition]? { get set }
}

extension BreakGlassCertificate.Status: IssuedCertificateStatus {}
extension WorkerToken.Status: IssuedCertificateStatus {}

extension IssuedCertificateStatus {
    mutating func describe(_ facts: CertificateFacts, user: String, now: Int64) {
        username = user
        serialNumber = facts.serialNumber
        expirationTime = Timestamp.text(of: facts.expiration)
        set(ready: true, IssuedCertificateCondition.signed, "valid until \(Timestamp.text(of: facts.expiration))", now: now)
    }

    /// Signs what is asked for, or says why not.
    mutating func issue(
        _ request: String,
        as wanted: CertificateRequest,
        by authority: CertificateAuthority,
        now: Int64
    ) throws {
        do {
            let pem = try authority.sign(
                request: request,
                as: wanted,
                now: Date(timeIntervalSince1970: TimeInterval(now))
            )
            certificate = pem
            describe(try CertificateFacts(pem: pem), user: wanted.commonName, now: now)
        } catch let refusal as RequestRefusal {
            set(ready: false, refusal.reason, "\(refusal)", now: now)
        }
    }

    private mutating func set(ready: Bool, _ reason: String, _ message: String, now: Int64) {
        var conditions = conditions ?? []
        let type = IssuedCertificateCondition.ready
        conditions.set(
            Condition(type: type, status: ready ? .true : .false, reason: reason, message: message),
            now: Timestamp.text(of: now)
        )
        self.conditions = conditions
    }

    var wasRefused: Bool { conditions?[type: IssuedCertificateCondition.ready]?.status == .false }
}

/// What the conditions of objects that ask for a certificate are called.
enum IssuedCertificateCondition {
    static let ready = "Ready"
    static let signed = "Signed"
}
