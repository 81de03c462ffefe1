import SwiftASN1
import X509

/// Who a client certificate speaks for: its common name is the user, its organizations are the groups.
struct CertificateSubject: Hashable, Sendable {
    let commonName: String
    let organizations: [String]

    init(commonName: String, organizations: [String]) {
        self.commonName = commonName
        self.organizations = organizations
    }

    /// Reads a certificate that TLS has verified. nil if it does not name exactly one user: such a sender is anonymous.
    init?(der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        let attributes = certificate.subject.flatMap { Array($0) }
        let names = attributes.filter { $0.type == .RDNAttributeType.commonName }.compactMap { String($0.value) }
        guard names.count == 1, let name = names.first, !name.isEmpty else { return nil }
        commonName = name
        organizations = attributes.filter { $0.type == .RDNAttributeType.organizationName }.compactMap { String($0.value) }
    }

    /// Whether this is an administrator, a node, or a server that was given a certificate for asking about tokens.
    var mayReviewTokens: Bool {
        let reviewers = "system:authenticators"
        return commonName == reviewers
            || organizations.contains { ["system:masters", "system:nodes", reviewers].contains($0) }
    }
}
