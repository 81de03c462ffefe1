import Durable
package import Foundation

/// All certificates of one data folder: the authority, the controller's own, the administrator's, and those of every process.
package struct ClusterCertificates: Sendable {
    package let authority: CertificateAuthority
    private let folder: String

    /// Opens or makes `pki/` in the data folder, with the controller's serving certificate and the administrator's.
    ///
    /// - Parameter hosts: names and addresses of the controller besides localhost.
    package static func open(dataFolder: String, hosts: [String] = [], now: Date) throws -> ClusterCertificates {
        let folder = "\(dataFolder)/pki"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let authority = try CertificateAuthority.open(folder: folder, now: now)
        try CertificateFiles(folder: folder, name: "controller").ensure(
            CertificateRequest(commonName: "controller", use: .server(names: names(hosts))),
            by: authority,
            now: now
        )
        try CertificateFiles(folder: folder, name: "admin").ensure(
            CertificateRequest(
                commonName: "system:admin",
                organizations: ["system:masters"],
                use: .client,
                // The way in when everything else is broken must not end in a year.
                lifetime: 3650 * 86_400
            ),
            by: authority,
            now: now
        )
        try CertificateFiles(folder: folder, name: "reviewer").ensure(
            CertificateRequest(commonName: "controller", organizations: ["system:authenticators"], use: .client),
            by: authority,
            now: now
        )
        try CertificateFiles(folder: folder, name: "snapshots").ensure(
            CertificateRequest(commonName: "snapshots", use: .snapshots, lifetime: 3650 * 86_400),
            by: authority,
            now: now
        )
        return ClusterCertificates(authority: authority, folder: folder)
    }

    package var controller: CertificateFiles { CertificateFiles(folder: folder, name: "controller") }
    /// With which the controller asks workers about tokens.
    package var reviewer: CertificateFiles { CertificateFiles(folder: folder, name: "reviewer") }
    /// With which snapshots are signed.
    package func snapshotSigner() throws -> SnapshotSigner {
        try SnapshotSigner(CertificateFiles(folder: folder, name: "snapshots"))
    }
    package var administrator: CertificateFiles { CertificateFiles(folder: folder, name: "admin") }

    /// Gives a process its folder: `ca.crt`, `serving.*` and `client.*`.
    ///
    /// - Parameter hosts: names and addresses of the process besides localhost.
    package func equip(_ process: ProcessIdentity, folder: String, hosts: [String] = [], now: Date) throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let authorityPath = "\(folder)/ca.crt"
        let isThere = FileManager.default.fileExists(atPath: authorityPath)
        if try !isThere || String(contentsOfFile: authorityPath, encoding: .utf8) != authority.pem {
            try DurableFile.write(Array(authority.pem.utf8), to: authorityPath)
        }
        try CertificateFiles(folder: folder, name: "serving").ensure(
            CertificateRequest(commonName: process.commonName, use: .server(names: Self.names(hosts))),
            by: authority,
            now: now
        )
        try CertificateFiles(folder: folder, name: "client").ensure(
            CertificateRequest(commonName: process.commonName, organizations: process.organizations, use: .client),
            by: authority,
            now: now
        )
    }

    /// Those of localhost, and these.
    package static func names(_ hosts: [String]) -> [String] {
        let local = ["localhost", "127.0.0.1", "::1"]
        return local + hosts.filter { !local.contains($0) && $0 != "0.0.0.0" && $0 != "::" }
    }
}

/// Who a process of ours is to the API.
package enum ProcessIdentity: Hashable, Sendable {
    case worker(name: String)
    case oauthServer

    package var commonName: String {
        switch self {
        case .worker(let name): "system:node:\(name)"
        case .oauthServer: "system:oauth-server"
        }
    }

    package var organizations: [String] {
        switch self {
        case .worker: ["system:nodes"]
        case .oauthServer: ["system:oauth-servers"]
        }
    }
}
