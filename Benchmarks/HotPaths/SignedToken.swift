import Crypto
import Foundation
import JSON

/// A token of about 1 KB with the claims that providers put into theirs, and the key set that verifies it.
struct SignedToken {
    static let issuerURL = "https://idp.example.com/realms/main"
    static let issuedAt: Int64 = 1_700_000_000

    let text: String
    let jwks: String
    let claims: JSONValue

    init() throws {
        claims = [
            "iss": .string(Self.issuerURL), "sub": "f4c1a6de-5b1e-4d0e-8a3f-0f6f3e3f7a10", "aud": ["console", "cli"],
            "exp": .integer(Self.issuedAt + 3_600), "iat": .integer(Self.issuedAt),
            "jti": "b7d9b2b0-9f0f-43f4-a3d3-1f6f9f9b7a55",
            "email": "alice@example.com", "email_verified": true, "name": "Alice Example", "preferred_username": "alice",
            "groups": ["dev", "ops", "platform", "on-call", "everyone", "eu-west", "postgres-readers", "registry-pushers"],
            "roles": "viewer,editor", "tenant": "blue", "acr": "1", "azp": "console", "session_state": "7b1c6f0e-6a0a",
            "realm_access": ["roles": ["offline_access", "uma_authorization", "default-roles-main"]],
            "resource_access": ["account": ["roles": ["manage-account", "manage-account-links", "view-profile"]]],
            "locale": "en", "zoneinfo": "Europe/Berlin", "scope": "openid email profile groups offline_access",
        ]
        let key = P256.Signing.PrivateKey()
        let header: JSONValue = ["alg": "ES256", "kid": "bench", "typ": "JWT"]
        let signed = Self.part(header) + "." + Self.part(claims)
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation
        text = signed + "." + Self.base64URL(signature)
        let point = key.publicKey.rawRepresentation
        jwks = JSONWriter.text(
            of: [
                "keys": [
                    [
                        "kty": "EC", "crv": "P-256", "kid": "bench", "alg": "ES256", "use": "sig",
                        "x": .string(Self.base64URL(point.prefix(32))), "y": .string(Self.base64URL(point.suffix(32))),
                    ]
                ]
            ]
        )
    }

    private static func part(_ value: JSONValue) -> String { base64URL(Data(JSONWriter.bytes(of: value))) }

    private static func base64URL(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
