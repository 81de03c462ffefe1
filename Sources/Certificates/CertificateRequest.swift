import Crypto
package import Foundation
import SwiftASN1
import X509

/// What a certificate shall say: who, for which use, for how long.
package struct CertificateRequest: Sendable, Hashable {
    package enum Use: Sendable, Hashable {
        case client
        /// Names and IP addresses under which the server is reached.
        case server(names: [String])
        /// To sign what workers run.
        case snapshots
    }

    package let commonName: String
    /// The API reads each as a group of the user.
    package let organizations: [String]
    package let use: Use
    package let lifetime: TimeInterval

    package init(
        commonName: String,
        organizations: [String] = [],
        use: Use,
        lifetime: TimeInterval = 365 * 86_400
    ) {
        self.commonName = commonName
        self.organizations = organizations
        self.use = use
        self.lifetime = lifetime
    }

    var distinguishedName: DistinguishedName {
        get throws {
            try DistinguishedName {
                for organization in organizations { OrganizationName(organization) }
                CommonName(commonName)
            }
        }
    }

    func extensions(publicKey: Certificate.PublicKey, authority: Certificate.PublicKey) throws -> Certificate.Extensions {
        try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            SubjectKeyIdentifier(hash: publicKey)
            AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: authority).keyIdentifier)
            switch use {
            case .client:
                try ExtendedKeyUsage([.clientAuth])
            case .server(let names):
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.generalName))
            case .snapshots:
                try ExtendedKeyUsage([.codeSigning])
            }
        }
    }

    private static func generalName(_ name: String) -> GeneralName {
        var four = in_addr()
        if inet_pton(AF_INET, name, &four) == 1 { return ipAddress(four) }
        var six = in6_addr()
        if inet_pton(AF_INET6, name, &six) == 1 { return ipAddress(six) }
        return .dnsName(name)
    }

    private static func ipAddress(_ address: some Any) -> GeneralName {
        .ipAddress(ASN1OctetString(contentBytes: withUnsafeBytes(of: address) { ArraySlice($0) }))
    }
}
