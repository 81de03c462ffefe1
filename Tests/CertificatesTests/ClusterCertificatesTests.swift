import Crypto
import Foundation
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

@testable import Certificates

struct ClusterCertificatesTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-pki-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func contents(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        var result: [String: Data] = [:]
        for name in names {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { result[name] = try Data(contentsOf: URL(filePath: "\(folder)/\(name)")) }
        }
        return result
    }

    private func certificate(_ path: String) throws -> Certificate {
        try Certificate(pemEncoded: String(contentsOfFile: path, encoding: .utf8))
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func isValid(_ leaf: Certificate, root: Certificate, at time: Date) async -> Bool {
        var verifier = Verifier(rootCertificates: CertificateStore([root])) { RFC5280Policy(fixedExpiryValidationTime: time) }
        if case .validCertificate = await verifier.validate(leaf: leaf, intermediates: CertificateStore()) { return true }
        return false
    }

    @Test func aSecondOpeningChangesNothing() async throws {
        try await withFolder { folder in
            for round in 0..<2 {
                let before = try contents(folder)
                let certificates = try ClusterCertificates.open(dataFolder: folder, hosts: ["postern.example"], now: now)
                try certificates.equip(.worker(name: "worker-0"), folder: "\(folder)/workers/worker-0", now: now)
                try AdministratorKubeconfig(path: "\(folder)/admin.kubeconfig").ensure(
                    server: "https://127.0.0.1:6443",
                    certificates: certificates
                )
                if round == 1 { #expect(try contents(folder) == before) }
            }
        }
    }

    @Test func subjectsNamesAndChainsAreRight() async throws {
        try await withFolder { folder in
            let certificates = try ClusterCertificates.open(
                dataFolder: folder,
                hosts: ["postern.example", "10.0.0.1"],
                now: now
            )
            try certificates.equip(.worker(name: "worker-0"), folder: "\(folder)/w", now: now)
            try certificates.equip(.oauthServer, folder: "\(folder)/o", now: now)
            let root = try certificate("\(folder)/pki/ca.crt")
            let expected = [
                "pki/admin.crt": "O=system:masters,CN=system:admin", "w/client.crt": "O=system:nodes,CN=system:node:worker-0",
                "o/client.crt": "O=system:oauth-servers,CN=system:oauth-server", "pki/controller.crt": "CN=controller",
            ]
            for (name, subject) in expected {
                let leaf = try certificate("\(folder)/\(name)")
                let parts = "\(leaf.subject)".split(separator: ",").map(String.init).sorted()
                #expect(parts == subject.split(separator: ",").map(String.init).sorted(), "\(name)")
                #expect(await isValid(leaf, root: root, at: now))
                #expect(await !isValid(leaf, root: root, at: now.addingTimeInterval(11 * 365 * 86_400)))
            }
            let names = try #require(try certificate("\(folder)/pki/controller.crt").extensions.subjectAlternativeNames)
            #expect(names.contains(.dnsName("postern.example")))
            #expect(names.contains(.ipAddress(ASN1OctetString(contentBytes: [10, 0, 0, 1]))))
            #expect(names.contains(.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))))
        }
    }

    @Test func keysAndTheKubeconfigAreForTheirOwnerOnly() async throws {
        try await withFolder { folder in
            let certificates = try ClusterCertificates.open(dataFolder: folder, now: now)
            let kubeconfig = AdministratorKubeconfig(path: "\(folder)/admin.kubeconfig")
            #expect(try kubeconfig.ensure(server: "https://127.0.0.1:1", certificates: certificates))
            #expect(try !kubeconfig.ensure(server: "https://127.0.0.1:1", certificates: certificates))
            #expect(try kubeconfig.ensure(server: "https://127.0.0.1:2", certificates: certificates))
            for name in ["admin.kubeconfig", "pki/ca.key", "pki/admin.key", "pki/controller.key"] {
                #expect(try permissions("\(folder)/\(name)") == 0o600, "\(name)")
            }
            #expect(try permissions("\(folder)/pki") == 0o700)
        }
    }

    struct RenewalCase: CustomTestStringConvertible, Sendable {
        let name: String
        let change: @Sendable (String) throws -> Void
        var later: TimeInterval = 0
        let renewed: Bool
        var testDescription: String { name }
    }

    static let renewals = [
        RenewalCase(name: "nothing happened", change: { _ in }, renewed: false),
        RenewalCase(name: "31 days before the end", change: { _ in }, later: (365 - 31) * 86_400, renewed: false),
        RenewalCase(name: "29 days before the end", change: { _ in }, later: (365 - 29) * 86_400, renewed: true),
        RenewalCase(
            name: "the key is gone",
            change: { try FileManager.default.removeItem(atPath: "\($0)/x.key") },
            renewed: true
        ),
        RenewalCase(
            name: "the certificate is damaged",
            change: { try Data("x".utf8).write(to: URL(filePath: "\($0)/x.crt")) },
            renewed: true
        ),
        RenewalCase(
            name: "the key is another one's",
            change: { folder in
                let key = P256.Signing.PrivateKey().pemRepresentation
                try Data(key.utf8).write(to: URL(filePath: "\(folder)/x.key"))
            },
            renewed: true
        ),
    ]

    @Test(arguments: renewals)
    func replacesACertificateOnlyWhenItMust(_ c: RenewalCase) async throws {
        try await withFolder { folder in
            let authority = try CertificateAuthority.open(folder: folder, now: now)
            let files = CertificateFiles(folder: folder, name: "x")
            let request = CertificateRequest(commonName: "x", use: .server(names: ["localhost"]))
            #expect(try files.ensure(request, by: authority, now: now))
            try c.change(folder)
            #expect(try files.ensure(request, by: authority, now: now.addingTimeInterval(c.later)) == c.renewed)
        }
    }

    @Test func anotherNameNeedsAnotherCertificate() async throws {
        try await withFolder { folder in
            let authority = try CertificateAuthority.open(folder: folder, now: now)
            let files = CertificateFiles(folder: folder, name: "x")
            try files.ensure(CertificateRequest(commonName: "x", use: .server(names: ["localhost"])), by: authority, now: now)
            let wider = CertificateRequest(commonName: "x", use: .server(names: ["localhost", "postern.example"]))
            #expect(try files.ensure(wider, by: authority, now: now))
        }
    }

    @Test func halfAnAuthorityIsNotReplacedByAnotherOne() async throws {
        try await withFolder { folder in
            _ = try CertificateAuthority.open(folder: folder, now: now)
            try FileManager.default.removeItem(atPath: "\(folder)/ca.key")
            #expect(throws: CertificateProblem.halfAnAuthority(present: "\(folder)/ca.crt")) {
                try CertificateAuthority.open(folder: folder, now: now)
            }
        }
    }
}
