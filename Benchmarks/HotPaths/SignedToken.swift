import Crypto
import CryptoExtras
import Foundation
import JSON

/// A token of about 1 KB with the claims that Keycloak puts into its own, signed by RS256, and the key set that verifies it.
struct SignedToken {
    static let issuerURL = "https://idp.example.com/realms/main"
    static let issuedAt: Int64 = 1_700_000_000

    let text: String
    let jwks: String
    let claims: JSONValue
    /// For the bare verification that judging is compared with.
    let key: _RSA.Signing.PublicKey
    let signature: _RSA.Signing.RSASignature
    let signedText: [UInt8]

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
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let header: JSONValue = ["alg": "RS256", "kid": "bench", "typ": "JWT"]
        let signed = Self.part(header) + "." + Self.part(claims)
        signedText = Array(signed.utf8)
        signature = try key.signature(for: SHA256.hash(data: signedText), padding: .insecurePKCS1v1_5)
        text = signed + "." + Self.base64URL(signature.rawRepresentation)
        self.key = key.publicKey
        let numbers = try key.publicKey.getKeyPrimitives()
        jwks = JSONWriter.text(
            of: [
                "keys": [
                    [
                        "kty": "RSA", "kid": "bench", "alg": "RS256", "use": "sig",
                        "n": .string(Self.base64URL(numbers.modulus)), "e": .string(Self.base64URL(numbers.publicExponent)),
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
