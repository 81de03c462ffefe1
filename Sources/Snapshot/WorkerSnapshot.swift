/// Everything a worker needs to judge tokens at one revision: a plain value, written once and never changed.
///
/// All references are already resolved (certificate authorities are PEM text here), so a worker that holds a snapshot needs
/// neither the controller nor a network. It carries no secret that signs or decrypts.
package struct WorkerSnapshot: Codable, Hashable, Sendable {
    /// Who is in charge of user tokens; the words are those of `Authentication.spec.type`.
    package enum Mode: String, Codable, Sendable {
        case oidc = "OIDC"
        case integratedOAuth = "IntegratedOAuth"
        case none = "None"
    }

    /// The number of the `AuthenticationRevision` this is; 1 or more.
    package var revision: Int64
    /// Whoever has taken this snapshot takes none any more that is older than this; nil: any.
    package var oldestRevision: Int64?
    package var mode: Mode
    /// Empty unless `mode` is `.oidc`.
    package var issuers: [Issuer]
    /// The document served at `/.well-known/oauth-authorization-server` (RFC 8414), as JSON text; nil: answered 404.
    package var oauthMetadata: String?
    /// The kubeconfig of the reviewer who is asked about tokens that nobody here knows; nil: nobody is asked, as in mode OIDC.
    package var webhook: SecretReference?

    package init(
        revision: Int64,
        oldestRevision: Int64? = nil,
        mode: Mode,
        issuers: [Issuer] = [],
        oauthMetadata: String? = nil,
        webhook: SecretReference? = nil
    ) {
        self.revision = revision
        self.oldestRevision = oldestRevision
        self.mode = mode
        self.issuers = issuers
        self.oauthMetadata = oauthMetadata
        self.webhook = webhook
    }
}
