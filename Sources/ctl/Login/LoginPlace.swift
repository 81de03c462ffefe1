import Client
import Foundation
import JSON

/// Where a login happens, and whom to trust there.
struct LoginPlace: Sendable {
    let server: String
    let trust: ClientConfiguration.Trust

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
