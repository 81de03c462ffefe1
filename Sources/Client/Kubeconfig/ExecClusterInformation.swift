import Foundation
import JSON

/// What a plugin is told about the server when it asks for that: `spec.cluster` of an ExecCredential.
enum ExecClusterInformation {
    private static let extensionName = "client.authentication.k8s.io/exec"

    /// - Parameter cluster: the kubeconfig's entry, which may have settings for plugins among its extensions.
    static func of(_ cluster: JSONValue?, _ configuration: ClientConfiguration) -> JSONValue {
        var information: JSONValue = ["server": .string(configuration.server)]
        if let name = configuration.serverName { information["tls-server-name"] = .string(name) }
        switch configuration.trust {
        case .system: break
        case .anyone: information["insecure-skip-tls-verify"] = true
        case .roots(let pem): information["certificate-authority-data"] = .string(Data(pem).base64EncodedString())
        }
        if cluster?["disable-compression"]?.boolValue == true { information["disable-compression"] = true }
        let settings = cluster?["extensions"]?.arrayValue?.first { $0["name"]?.stringValue == extensionName }
        information["config"] = settings?["extension"] ?? .null
        return information
    }
}
