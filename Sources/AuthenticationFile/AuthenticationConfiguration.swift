/// A Kubernetes `AuthenticationConfiguration` file as a value: what the API server's `--authentication-config` takes.
///
/// The three versions of the format have the same fields. Texts that are missing are empty here, as Kubernetes has them.
package struct AuthenticationConfiguration: Hashable, Sendable {
    package static let kind = "AuthenticationConfiguration"
    package static let group = "apiserver.config.k8s.io"
    package static let versions = ["v1", "v1beta1", "v1alpha1"]

    package var jwt: [JWTAuthenticator] = []
    package var anonymous: Anonymous?

    /// One issuer whose tokens are taken.
    package struct JWTAuthenticator: Hashable, Sendable {
        package var issuer = Issuer()
        package var claimValidationRules: [ClaimValidationRule] = []
        package var claimMappings = ClaimMappings()
        package var userValidationRules: [UserValidationRule] = []
    }

    package struct Issuer: Hashable, Sendable {
        package var url = ""
        package var discoveryURL = ""
        /// PEM; empty: the system's trust.
        package var certificateAuthority = ""
        package var audiences: [String] = []
        package var audienceMatchPolicy = ""
        package var egressSelectorType = ""
    }

    package struct ClaimValidationRule: Hashable, Sendable {
        package var claim = ""
        package var requiredValue = ""
        package var expression = ""
        package var message = ""
    }

    package struct ClaimMappings: Hashable, Sendable {
        package var username = PrefixedClaimOrExpression()
        package var groups = PrefixedClaimOrExpression()
        package var uid = ClaimOrExpression()
        package var extra: [ExtraMapping] = []
    }

    package struct PrefixedClaimOrExpression: Hashable, Sendable {
        package var claim = ""
        /// An empty prefix is another thing than none: it says that there shall be none.
        package var prefix: String?
        package var expression = ""
    }

    package struct ClaimOrExpression: Hashable, Sendable {
        package var claim = ""
        package var expression = ""
    }

    package struct ExtraMapping: Hashable, Sendable {
        package var key = ""
        package var valueExpression = ""
    }

    package struct UserValidationRule: Hashable, Sendable {
        package var expression = ""
        package var message = ""
    }

    /// Whether the API server answers requests without credentials; it is no matter of a token's judge.
    package struct Anonymous: Hashable, Sendable {
        package var enabled = false
        package var conditions: [Condition] = []

        package struct Condition: Hashable, Sendable {
            package var path = ""
        }
    }
}
