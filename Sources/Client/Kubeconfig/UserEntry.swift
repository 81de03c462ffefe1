import Foundation
import JSON

/// A user of a kubeconfig: how he shows who he is, and as whom he acts.
struct UserEntry {
    let name: String
    let content: JSONValue

    /// - Parameter cluster: what a plugin may be told about the server.
    func credential(_ overrides: ConnectionOverrides, cluster: JSONValue) throws -> ClientConfiguration.Credential {
        if let token = overrides.token { return .token(token) }
        let exec = content["exec"].flatMap { $0.isNull ? nil : $0 }
        let (hasToken, hasPassword) = (isSet("token"), isSet("username") || isSet("password"))
        if hasToken, hasPassword {
            throw InvalidKubeconfig(
                "more than one authentication method found for \(name); found [token basicAuth], only one is allowed"
            )
        }
        if exec != nil, content["auth-provider"]?.objectValue != nil {
            throw InvalidKubeconfig("authProvider cannot be provided in combination with an exec plugin for \(name)")
        }
        let plugin = try exec.map { exec throws(InvalidKubeconfig) in
            try ExecPlugin(exec, user: name, cluster: cluster, isUnattended: overrides.isUnattended)
        }
        if let chain = try Kubeconfig.bytes(content, "client-certificate"),
            let key = try Kubeconfig.bytes(content, "client-key")
        {
            return .certificate(chain: chain, key: .init(key))
        }
        if let path = content["tokenFile"]?.stringValue, !path.isEmpty {
            let text = String(decoding: try Kubeconfig.contents(path), as: UTF8.self)
            return .token(SecretText(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        if let token = content["token"]?.stringValue, !token.isEmpty { return .token(SecretText(token)) }
        if let plugin { return .plugin(PluginCredentials(plugin)) }
        if hasPassword {
            throw InvalidKubeconfig(
                "user \"\(name)\" has a name and a password, which the API does not take (Basic authentication); log in: ctl login SERVER -u USER"
            )
        }
        if let provider = content["auth-provider"]?["name"]?.stringValue {
            throw InvalidKubeconfig(
                "user \"\(name)\" gets its token from the auth provider \"\(provider)\", which ctl does not have; use an exec plugin, or --token"
            )
        }
        return .none
    }

    func impersonation(_ overrides: ConnectionOverrides) throws(InvalidKubeconfig) -> Impersonation? {
        let user = overrides.asUser ?? content["as"]?.stringValue ?? ""
        var impersonation = Impersonation(user: user)
        impersonation.uid = overrides.asUID ?? content["as-uid"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        impersonation.groups = overrides.asGroups.isEmpty ? content["as-groups"].stringValues : overrides.asGroups
        impersonation.extra = (content["as-user-extra"]?.objectValue ?? [:]).map { ($0.name, $0.value.stringValues) }
        if !user.isEmpty { return impersonation }
        guard impersonation.uid == nil, impersonation.groups.isEmpty, impersonation.extra.isEmpty else {
            throw InvalidKubeconfig("requesting uid, groups or user-extra for \(name) without impersonating a user")
        }
        return nil
    }

    private func isSet(_ member: String) -> Bool { content[member]?.stringValue?.isEmpty == false }
}
