/// `OAuth/cluster` of config.openshift.io/v1: the built-in OAuth server's configuration.
package struct OAuth: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec

    package struct Spec: Codable, Hashable, Sendable {
        package var identityProviders: [IdentityProvider]?
        package var tokenConfig: TokenConfig?
    }

    package struct IdentityProvider: Codable, Hashable, Sendable {
        package enum MappingMethod: String, Codable, Sendable { case claim, lookup, add }

        package var name: String
        package var type: String
        package var mappingMethod: MappingMethod?
        package var htpasswd: HTPasswd?
    }

    package struct HTPasswd: Codable, Hashable, Sendable {
        /// A secret in openshift-config with key `htpasswd`.
        package var fileData: NameReference
    }

    package struct TokenConfig: Codable, Hashable, Sendable {
        /// 0 or nil: a day.
        package var accessTokenMaxAgeSeconds: Int32?
        /// A duration such as `10m`; nil: tokens may lie unused for ever.
        package var accessTokenInactivityTimeout: String?
    }
}
