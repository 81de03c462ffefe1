import Foundation
import JSON

extension Kubeconfig {
    /// What to connect to and as whom, by a context (the current one unless `overrides` names another) and the overrides.
    ///
    /// Reads the files of certificates and keys that are not embedded.
    package func clientConfiguration(_ overrides: ConnectionOverrides = .init(), userAgent: String) throws
        -> ClientConfiguration
    {
        let context = try chosenContext(overrides)
        let cluster = try entry(.clusters, overrides.cluster, context?.cluster)
        let user = try entry(.users, overrides.user, context?.user)
        guard let server = overrides.server ?? cluster?["server"]?.stringValue, !server.isEmpty else {
            throw InvalidKubeconfig(
                "there is no server to talk to: give --server or --kubeconfig, or set KUBECONFIG (the controller writes admin.kubeconfig into its data folder)"
            )
        }
        var configuration = ClientConfiguration(server: server, userAgent: userAgent)
        if let proxy = cluster?["proxy-url"]?.stringValue, !proxy.isEmpty {
            throw InvalidKubeconfig(
                "the server is behind a proxy (proxy-url of cluster \"\(overrides.cluster ?? context?.cluster ?? "")\"), which ctl does not use"
            )
        }
        configuration.trust = try Self.trust(cluster, overrides)
        let serverName = overrides.serverName ?? cluster?["tls-server-name"]?.stringValue
        configuration.serverName = serverName.flatMap { $0.isEmpty ? nil : $0 }
        let userEntry = UserEntry(name: overrides.user ?? context?.user ?? "", content: user ?? [:])
        configuration.impersonation = try userEntry.impersonation(overrides)
        // As kubectl: who could be overheard does not say who he is.
        if server.lowercased().hasPrefix("https://") {
            configuration.credential = try userEntry.credential(
                overrides,
                cluster: ExecClusterInformation.of(cluster, configuration)
            )
        }
        return configuration
    }

    /// The namespace commands use when none is given.
    package func namespace(_ overrides: ConnectionOverrides) throws -> String {
        try overrides.namespace ?? chosenContext(overrides)?.namespace ?? "default"
    }

    /// The entry that a flag names, which must be there, else the context's.
    private func entry(_ section: Section, _ chosen: String?, _ usual: String?) throws(InvalidKubeconfig) -> JSONValue? {
        guard let chosen else { return usual.flatMap { self[section, $0] } }
        if let entry = self[section, chosen] { return entry }
        let known = names(section).joined(separator: ", ")
        throw InvalidKubeconfig(
            "\(section.member) \"\(chosen)\" does not exist; \(known.isEmpty ? "there are none" : "there are: \(known)")"
        )
    }

    private func chosenContext(_ overrides: ConnectionOverrides) throws(InvalidKubeconfig) -> Context? {
        guard let name = overrides.context ?? currentContext else { return nil }
        if let context = context(name) { return context }
        let known = names(.contexts).joined(separator: ", ")
        throw InvalidKubeconfig(
            "context \"\(name)\" does not exist; \(known.isEmpty ? "there are none" : "there are: \(known)")"
        )
    }

    private static func trust(_ cluster: JSONValue?, _ overrides: ConnectionOverrides) throws -> ClientConfiguration.Trust {
        if overrides.skipsVerification { return .anyone }
        if let path = overrides.certificateAuthority { return .roots(pem: try contents(path)) }
        if let pem = try bytes(cluster, "certificate-authority") { return .roots(pem: pem) }
        return cluster?["insecure-skip-tls-verify"]?.boolValue == true ? .anyone : .system
    }

    /// The content of `NAME-data`, or of the file that `NAME` points to.
    static func bytes(_ entry: JSONValue?, _ name: String) throws -> [UInt8]? {
        if let text = entry?["\(name)-data"]?.stringValue, !text.isEmpty {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
                throw InvalidKubeconfig("\(name)-data of the kubeconfig is not base64")
            }
            return [UInt8](data)
        }
        guard let path = entry?[name]?.stringValue, !path.isEmpty else { return nil }
        return try contents(path)
    }

    static func contents(_ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw InvalidKubeconfig("cannot read \(path): it does not exist or is not readable")
        }
    }
}
