import Durable
import Foundation

/// `admin.kubeconfig`: everything a client needs to be the administrator, in one file that only its owner can read.
package struct AdministratorKubeconfig: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Writes the file when it says something else than it should; returns whether it was written.
    @discardableResult
    package func ensure(server: String, certificates: ClusterCertificates) throws -> Bool {
        let text = try document(server: server, certificates: certificates)
        if FileManager.default.fileExists(atPath: path), try String(contentsOfFile: path, encoding: .utf8) == text {
            return false
        }
        try DurableFile.write(Array(text.utf8), to: path, permissions: 0o600)
        return true
    }

    private func document(server: String, certificates: ClusterCertificates) throws -> String {
        let files = certificates.administrator
        func base64(_ path: String) throws -> String { try Data(contentsOf: URL(filePath: path)).base64EncodedString() }
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: postern
              cluster:
                server: \(server)
                certificate-authority-data: \(Data(certificates.authority.pem.utf8).base64EncodedString())
            users:
            - name: admin
              user:
                client-certificate-data: \(try base64(files.certificatePath))
                client-key-data: \(try base64(files.keyPath))
            contexts:
            - name: admin
              context:
                cluster: postern
                user: admin
                namespace: openshift-config
            current-context: admin

            """
    }
}
