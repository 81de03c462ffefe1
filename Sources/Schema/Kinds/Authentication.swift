/// `Authentication/cluster` of config.openshift.io/v1: who may log in and how.
package struct Authentication: Codable, Hashable, Sendable {
    package static let group = "config.openshift.io"

    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        /// As written; `mode` says what it means.
        package var type: String?
        package var oauthMetadata: NameReference?
        package var webhookTokenAuthenticator: WebhookTokenAuthenticator?
        package var serviceAccountIssuer: String?
        package var oidcProviders: [OIDCProvider]?

        package var mode: Mode { type.flatMap(Mode.init(rawValue:)) ?? .integratedOAuth }
    }

    /// Who is in charge of user tokens; an empty or absent type means the built-in OAuth server.
    package enum Mode: String, Codable, Sendable {
        case none = "None"
        case integratedOAuth = "IntegratedOAuth"
        case oidc = "OIDC"
    }

    package struct WebhookTokenAuthenticator: Codable, Hashable, Sendable {
        package var kubeConfig: NameReference
    }

    package struct Status: Codable, Hashable, Sendable {
        package var currentRevision: Int64?
        package var conditions: [Condition]?
        package var integratedOAuthMetadata: NameReference?
        package var oidcClients: [OIDCClientStatus]?

        package init(
            currentRevision: Int64? = nil,
            conditions: [Condition]? = nil,
            integratedOAuthMetadata: NameReference? = nil,
            oidcClients: [OIDCClientStatus]? = nil
        ) {
            self.currentRevision = currentRevision
            self.conditions = conditions
            self.integratedOAuthMetadata = integratedOAuthMetadata
            self.oidcClients = oidcClients
        }
    }

    package struct OIDCClientStatus: Codable, Hashable, Sendable {
        package var componentName: String
        package var componentNamespace: String
        package var conditions: [Condition]?
        package var consumingUsers: [String]?
        package var currentOIDCClients: [OIDCClientReference]?

        package init(
            componentName: String,
            componentNamespace: String,
            conditions: [Condition]? = nil,
            currentOIDCClients: [OIDCClientReference]? = nil
        ) {
            self.componentName = componentName
            self.componentNamespace = componentNamespace
            self.conditions = conditions
            self.currentOIDCClients = currentOIDCClients
        }
    }

    package struct OIDCClientReference: Codable, Hashable, Sendable {
        package var oidcProviderName: String
        package var issuerURL: String
        package var clientID: String

        package init(oidcProviderName: String, issuerURL: String, clientID: String) {
            self.oidcProviderName = oidcProviderName
            self.issuerURL = issuerURL
            self.clientID = clientID
        }
    }
}
