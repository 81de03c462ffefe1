import Listening
import Web

/// What the command line asked for, checked.
struct ControllerSettings: Sendable {
    let apiAddress: ListenAddress
    /// Worker N's address, N counting from 0.
    let workerAddresses: [ListenAddress]
    let oauthAddress: ListenAddress
    /// The options of every worker besides its name, its address and the controller's.
    let workerArguments: [String]
    /// Names and addresses of this machine, for certificates.
    let hosts: [String]
    let manifests: String?
    /// How long the client certificates of workers on other hosts are valid.
    var workerCertificateSeconds = 604_800
    let runsProcesses: Bool
    let audit: AuditSettings

    /// Where clients reach the API. Where it listens on every address, that is the first name that the machine was given.
    func clientURL(port: Int) -> String {
        "https://\(ListenAddress(host: isEverywhere ? hosts.first ?? "127.0.0.1" : apiAddress.host, port: port))"
    }

    /// Where processes on this machine reach the API.
    var apiURL: String {
        "https://\(ListenAddress(host: isEverywhere ? "127.0.0.1" : apiAddress.host, port: apiAddress.port))"
    }

    private var isEverywhere: Bool { ["0.0.0.0", "::"].contains(apiAddress.host) }

    var oauthURL: String { "https://\(oauthAddress)" }
    var workerNames: [String] { workerAddresses.indices.map { "worker-\($0)" } }
}

/// Postern's version.
enum ControllerVersion {
    static let text = "0.1.0"
}
