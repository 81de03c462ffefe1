import Client
import Durable
import Foundation
import JSON
import Schema

/// The kubeconfig of a new break-glass certificate, with the key that nobody else has.
struct BreakGlassKubeconfig: Sendable {
    let name: String
    let certificatePEM: String
    let keyPEM: SecretText
    /// How the certificate was asked for, and so how it will be used.
    let connection: ClientConfiguration

    func text() -> String {
        let entry = "break-glass-\(name)"
        var cluster: JSONValue = ["server": .string(connection.server)]
        switch connection.trust {
        case .system: break
        case .roots(let pem): cluster["certificate-authority-data"] = .string(Data(pem).base64EncodedString())
        case .anyone: cluster["insecure-skip-tls-verify"] = true
        }
        cluster["tls-server-name"] = connection.serverName.map(JSONValue.string)
        var kubeconfig = Kubeconfig()
        kubeconfig[.clusters, "postern"] = cluster
        kubeconfig[.users, entry] = [
            "client-certificate-data": .string(Data(certificatePEM.utf8).base64EncodedString()),
            "client-key-data": .string(Data(keyPEM.expose().utf8).base64EncodedString()),
        ]
        kubeconfig[.contexts, entry] = ["cluster": "postern", "user": .string(entry), "namespace": "openshift-config"]
        kubeconfig.currentContext = entry
        return YAMLWriter.text(of: kubeconfig.document)
    }

    /// - Parameter replaces: whether a file that is there already may go.
    func write(to path: String, replaces: Bool) throws {
        do {
            try DurableFile.write(Array(text().utf8), to: path, permissions: 0o600, replaces: replaces)
        } catch let failure as DurableFile.Failure {
            throw CommandFailure("the kubeconfig cannot be written, and the certificate is revoked: \(failure)")
        }
    }
}
