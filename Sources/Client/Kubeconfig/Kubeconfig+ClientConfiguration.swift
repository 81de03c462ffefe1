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
        configuration.trust = try Self.trust(cluster, overrides)
        configuration.credential = try Self.credential(user, overrides, userName: overrides.user ?? context?.user ?? "")
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

    private static func credential(
        _ user: JSONValue?,
        _ overrides: ConnectionOverrides,
        userName: String
    ) throws -> ClientConfiguration.Credential {
        if let token = overrides.token { return .token(token) }
        if let chain = try bytes(user, "client-certificate"), let key = try bytes(user, "client-key") {
            return .certificate(chain: chain, key: .init(key))
        }
        if let path = user?["tokenFile"]?.stringValue, !path.isEmpty {
            let text = String(decoding: try contents(path), as: UTF8.self)
            return .token(SecretText(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        if let token = user?["token"]?.stringValue, !token.isEmpty { return .token(SecretText(token)) }
        if user?["exec"] != nil {
            throw InvalidKubeconfig(
                "user \"\(userName)\" gets its token from an exec plugin, which ctl does not run; give --token"
            )
        }
        return .none
    }

    /// The content of `NAME-data`, or of the file that `NAME` points to.
    private static func bytes(_ entry: JSONValue?, _ name: String) throws -> [UInt8]? {
        if let text = entry?["\(name)-data"]?.stringValue, !text.isEmpty {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
                throw InvalidKubeconfig("\(name)-data of the kubeconfig is not base64")
            }
            return [UInt8](data)
        }
        guard let path = entry?[name]?.stringValue, !path.isEmpty else { return nil }
        return try contents(path)
    }

    private static func contents(_ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw InvalidKubeconfig("cannot read \(path): it does not exist or is not readable")
        }
    }
}
