/// What flags say about the connection; each stands above what the kubeconfig says.
package struct ConnectionOverrides: Sendable {
    package var context: String?
    package var cluster: String?
    package var user: String?
    package var server: String?
    package var namespace: String?
    package var token: SecretText?
    package var certificateAuthority: String?
    package var skipsVerification = false
    package var serverName: String?
    /// As whom requests are judged; what is nil or empty is the kubeconfig's.
    package var asUser: String?
    package var asUID: String?
    package var asGroups: [String] = []
    /// Nobody can be asked anything, and plugins must not be heard.
    package var isUnattended = false

    package init() {}
}
