import JSON

/// Specs of `Authentication/cluster` as the tests of the loops apply them.
enum Specs {
    static let issuer = "https://idp.test"

    static func oidc(
        issuer: String = Self.issuer,
        authority: String? = nil,
        secret: String? = nil,
        audience: String = "console"
    ) -> JSONValue {
        var provider: JSONValue = [
            "name": "keycloak",
            "issuer": ["issuerURL": .string(issuer), "audiences": [.string(audience)]],
            "claimMappings": [
                "username": ["claim": "email", "prefixPolicy": "Prefix", "prefix": ["prefixString": "oidc-user-test:"]],
                "groups": ["claim": "groups", "prefix": "oidc-groups-test:"],
            ],
        ]
        if let authority { provider["issuer"]?["issuerCertificateAuthority"] = ["name": .string(authority)] }
        if let secret {
            provider["oidcClients"] = [
                [
                    "componentName": "console", "componentNamespace": "openshift-console", "clientID": "console",
                    "clientSecret": ["name": .string(secret)],
                ],
                ["componentName": "cli", "componentNamespace": "openshift-console", "clientID": "cli"],
            ]
        }
        return ["type": "OIDC", "oidcProviders": [provider]]
    }

    static let integrated: JSONValue = [:]
}
