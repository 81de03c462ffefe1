import Foundation
import JSON

extension TestIssuer {
    /// A configuration of this provider for the audience `console`: `sso:` before the claims `name` and `groups`.
    var authentication: JSONValue {
        [
            "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
            "spec": [
                "type": "OIDC", "webhookTokenAuthenticator": .null,
                "oidcProviders": [
                    [
                        "name": "sso",
                        "issuer": [
                            "issuerURL": .string(url), "audiences": ["console"],
                            "issuerCertificateAuthority": ["name": "idp-ca"],
                        ],
                        "claimMappings": [
                            "username": ["claim": "name", "prefixPolicy": "Prefix", "prefix": ["prefixString": "sso:"]],
                            "groups": ["claim": "groups", "prefix": "sso:"],
                        ],
                    ]
                ],
            ],
        ]
    }

    /// The config map that `authentication` names.
    func authorityConfigMap() throws -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "idp-ca", "namespace": "openshift-config"],
            "data": ["ca-bundle.crt": .string(try String(contentsOf: authority, encoding: .utf8))],
        ]
    }
}
