import Client
import Foundation
import JSON

/// Where a login happens, and whom to trust there.
struct LoginPlace: Sendable {
    let server: String
    let trust: ClientConfiguration.Trust

    /// The files to write to; a refusal says what to type instead.
    static func files(_ files: KubeconfigFiles) throws -> KubeconfigFiles {
        do {
            return try files.forLogin()
        } catch let refusal as AdministratorsKubeconfig {
            let folder = refusal.folder
            let authority = ShellWord.quoted(folder.isEmpty ? "pki/ca.crt" : "\(folder)/pki/ca.crt")
            throw CommandFailure(
                """
                \(refusal.localizedDescription).
                Use a file of your own, with --kubeconfig FILE or export KUBECONFIG=FILE:
                  export KUBECONFIG=$PWD/my.kubeconfig
                  ctl login https://127.0.0.1:9443 --certificate-authority \(authority)
                """
            )
        }
    }

    static func isNoWorker(_ server: String) -> String {
        """
        \(server) lets only clients with a certificate in, so it is the controller's API, where nobody logs in.
        Log in at a worker: ctl login https://127.0.0.1:9443 --certificate-authority DATA/pki/ca.crt
        """
    }

    init(url: String?, kubeconfig: Kubeconfig, overrides: ConnectionOverrides) throws {
        let current = kubeconfig.currentContext.flatMap { kubeconfig.context($0) }
        let fallback = current.flatMap { kubeconfig[.clusters, $0.cluster]?["server"]?.stringValue }
        guard var server = url ?? fallback else {
            throw CommandFailure("A server URL must be specified: ctl login https://HOST:PORT")
        }
        if !server.contains("://") { server = "https://\(server)" }
        while server.hasSuffix("/"), !server.hasSuffix("://") { server.removeLast() }
        guard server.hasPrefix("https://"), URL(string: server)?.host()?.isEmpty == false else {
            throw CommandFailure("\"\(server)\" is not an https address: passwords and tokens are only sent over TLS")
        }
        var overrides = overrides
        overrides.server = server
        overrides.context = nil
        self.server = server
        trust = try LoginContext.remembering(server, in: kubeconfig).clientConfiguration(overrides, userAgent: "").trust
    }
}
