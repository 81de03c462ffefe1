import AuthenticationFile
import Foundation
import JSON
import Schema

/// An `AuthenticationConfiguration` as an `Authentication`, with the config maps that it refers to, and what did not come along.
struct ImportedAuthentication {
    /// The Authentication first.
    let objects: [JSONValue]
    /// What has another meaning now, or none, each with its place in the file.
    let notes: [String]

    /// What an Authentication cannot say, where saying less would let other people in than before.
    struct Inexpressible: LocalizedError, Hashable {
        let problems: [String]

        var errorDescription: String? {
            "this cannot become an Authentication:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
        }
    }

    init(_ configuration: AuthenticationConfiguration) throws {
        var conversion = ProviderConversion()
        let providers = configuration.jwt.enumerated().map { conversion.provider($1, at: FieldPath.root["jwt"][$0]) }
        var notes = conversion.notes
        if configuration.anonymous != nil {
            notes.append("anonymous: left out; here a request without a token is nobody's")
        }
        if providers.count > 1 {
            notes.append(
                "jwt: \(providers.count) providers need multipleOIDCProviders: true in the RolloutPolicy "
                    + "(and ctl validate --multiple-oidc-providers)"
            )
        }
        var spec: JSONValue = ["type": "OIDC", "webhookTokenAuthenticator": .null, "oidcProviders": .array(providers)]
        if providers.isEmpty {
            notes.append("jwt: the file has no issuer, so no token is taken; that is type None")
            spec = ["type": "None"]
        }
        let authentication: JSONValue = [
            "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"], "spec": spec,
        ]
        objects = [authentication] + conversion.configMaps
        self.notes = notes
        try check()
    }

    /// By the rules that the server would apply: what they refuse was valid in the file, so it cannot be expressed.
    private func check() throws {
        let admission = Admission(catalog: try ResourceCatalog.builtIn(), options: .init(multipleOIDCProviders: true))
        let problems = objects.flatMap { object in
            ManifestVerdict.judge(
                Manifest(value: object, source: ""),
                previous: [],
                by: admission,
                namespace: ProviderConversion.namespace
            ).problems
        }
        guard problems.isEmpty else { throw Inexpressible(problems: problems.map(\.text)) }
    }
}
