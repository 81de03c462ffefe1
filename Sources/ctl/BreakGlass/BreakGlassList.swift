import Client
import Foundation
import JSON
import Schema

/// Break-glass certificates as a person reads them.
struct BreakGlassList: Sendable {
    static let path = ResourcePath(BreakGlassCertificate.apiVersion, BreakGlassCertificate.resource.plural)

    static func path(of name: String) -> ResourcePath {
        ResourcePath(BreakGlassCertificate.apiVersion, BreakGlassCertificate.resource.plural, name: name)
    }

    /// `breakglasscertificate.postern.dev/alice`
    static func typeName(of object: JSONValue) -> String { "breakglasscertificate.postern.dev" }

    let certificates: [BreakGlassCertificate]

    init(_ objects: [JSONValue]) throws {
        certificates = try objects.map { try $0.decoded(as: BreakGlassCertificate.self) }
    }

    func text(now: Int64) -> String {
        let rows = certificates.map { certificate in
            [
                certificate.metadata.name ?? "", certificate.shownUser, certificate.state(now: now),
                certificate.expiresIn(now: now),
                certificate.status?.lastUse.map { "\(Age.text(of: now - $0)) ago" } ?? "never",
                PrintableText.of(certificate.status?.lastUsedFrom ?? "-"),
            ]
        }
        return TextTable(header: ["NAME", "USER", "STATE", "EXPIRES IN", "LAST USED", "FROM"], rows: rows).text()
    }
}

extension BreakGlassCertificate {
    fileprivate var shownUser: String { PrintableText.of(status?.username ?? "-") }

    private var readiness: Condition? { status?.conditions?[type: "Ready"] }

    /// Why it was not signed; nil: it was, or it is not decided.
    var refusal: String? {
        guard let readiness, readiness.status == .false else { return nil }
        return readiness.message ?? readiness.reason ?? "it was refused"
    }

    /// - Parameter now: seconds since 1970.
    func state(now: Int64) -> String {
        if refusal != nil { return "Refused" }
        guard let expiration = status?.expiration else { return "Pending" }
        if expiration <= now { return "Expired" }
        return status?.lastTestError == nil ? "Valid" : "Broken"
    }

    func expiresIn(now: Int64) -> String { status?.expiration.map { $0 > now ? Age.text(of: $0 - now) : "-" } ?? "-" }

    /// A warning, where one cannot count on the certificate for long.
    func expiryWarning(now: Int64) -> String? {
        guard let expiration = status?.expiration else { return nil }
        let left = expiration - now
        guard left < (isBootstrap ? 30 * 86_400 : 3_600) else { return nil }
        let advice = isBootstrap ? "restart the controller, which makes a new one" : "issue another: ctl break-glass issue"
        return "the certificate expires in \(Age.text(of: left)): \(advice)"
    }

    /// What `verify` has found out.
    func verdictText(now: Int64) -> String {
        let verified = status?.lastUse.map { "\(Age.text(of: now - $0)) ago" } ?? "never"
        let row = [metadata.name ?? "", shownUser, expiresIn(now: now), verified]
        return TextTable(header: ["CERTIFICATE", "USER", "EXPIRES IN", "VERIFIED"], rows: [row]).text()
    }
}
