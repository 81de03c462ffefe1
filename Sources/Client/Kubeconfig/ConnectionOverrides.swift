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

    package init() {}
}
