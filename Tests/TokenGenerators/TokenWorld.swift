package import Authenticator
package import JSON
import Snapshot

/// What generated tokens are judged by: providers with keys and configurations of several kinds, and a key that none of them has.
package struct TokenWorld: Sendable {
    package static let now: Int64 = 1_700_000_000

    package struct Provider: Sendable {
        package let issuerURL: String
        package let audiences: [String]
        /// Those that sign quickly first.
        package let keys: [SigningKey]
        package let keySet: KeySet
        /// Good tokens by keys that sign slowly.
        package let pool: [[UInt8]]
        /// What becomes of the claims `sub` or `email`, and of a group.
        package let userName: @Sendable (_ claims: [String: Any]) -> String?
        package let groupPrefix: String
    }

    package let providers: [Provider]
    package let attacker: [SigningKey]
    package let authenticator: TokenAuthenticator

    package init() throws {
        let issuers = [Self.plain, Self.expressions, Self.email]
        // The same names of keys everywhere: nobody's key may be found by its name alone.
        let rsa = try SigningKey.rsa("3")
        providers = try issuers.enumerated().map { index, issuer in
            let keys: [SigningKey] = [.ed25519("1"), .p256("2"), index == 0 ? rsa : try .rsa("3"), .p384("4")]
            let jwks: JSONValue = ["keys": .array(try keys.map { try $0.jwk() })]
            return Provider(
                issuerURL: issuer.issuerURL,
                audiences: issuer.audiences,
                keys: keys,
                keySet: try KeySet.parse(JSONWriter.text(of: jwks)),
                pool: try Self.pool(issuer, keys.dropFirst(2)),
                userName: Self.userNames[index],
                groupPrefix: ["a:", "b:", ""][index]
            )
        }
        attacker = [.ed25519("1"), .p256("2")]
        authenticator = TokenAuthenticator(
            try CompiledSnapshot.compile(WorkerSnapshot(revision: 1, mode: .oidc, issuers: issuers))
        )
    }

    // MARK: Configurations

    private static let userNames: [@Sendable ([String: Any]) -> String?] = [
        { ($0["sub"] as? String).map { "a:" + $0 } }, { ($0["sub"] as? String).map { "b:" + $0 } }, { $0["email"] as? String },
    ]

    private static let plain = Issuer(
        name: "a",
        issuerURL: "https://a.example",
        audiences: ["client", "second"],
        claimMappings: ClaimMappings(username: .claim("sub", prefix: "a:"), groups: .claim("groups", prefix: "a:")),
        claimValidationRules: [.requiredClaim(claim: "hd", requiredValue: "example.com")]
    )

    private static let expressions = Issuer(
        name: "b",
        issuerURL: "https://b.example/é",
        audiences: ["client"],
        claimMappings: ClaimMappings(
            username: .expression("'b:' + claims.sub"),
            groups: .expression("dyn(claims.?groups.orValue([])).map(g, 'b:' + g)"),
            uid: .expression("claims.?oid.orValue(claims.sub)"),
            extra: [
                .init(key: "example.org/scope", valueExpression: "claims.?scope.orValue('').split(' ')"),
                .init(key: "example.org/hd", valueExpression: "claims.?hd.orValue(null)"),
            ]
        ),
        claimValidationRules: [
            .cel(expression: "claims.?hd.orValue('') == 'example.com'", message: "hd"),
            .cel(expression: "claims.exp - claims.iat <= 86400.0", message: "a day"),
        ],
        userValidationRules: [
            .init(expression: "!user.username.startsWith('b:system:')", message: "reserved"),
            .init(expression: "user.groups.all(g, g.size() < 100)", message: "long"),
        ]
    )

    private static let email = Issuer(
        name: "c",
        issuerURL: "https://c.example/realms/c",
        audiences: ["client"],
        claimMappings: ClaimMappings(username: .claim("email", prefix: ""), groups: .claim("groups", prefix: ""), uid: nil),
        userValidationRules: [.init(expression: "user.username.matches('^[^@]+@[^@]+$')", message: "an address")]
    )

    // MARK: Tokens

    package static func goodClaims(_ issuerURL: String) -> JSONValue {
        [
            "iss": .string(issuerURL), "aud": "client", "sub": "u-1", "email": "jane@example.com", "email_verified": true,
            "exp": .integer(now + 3600), "iat": .integer(now), "nbf": .integer(now), "hd": "example.com", "jti": "1",
            "groups": ["dev", "ops"], "scope": "openid profile",
        ]
    }

    private static func pool(_ issuer: Issuer, _ keys: some Sequence<SigningKey>) throws -> [[UInt8]] {
        try keys.flatMap { key in
            try key.algorithms.map { algorithm in
                let header: JSONValue = ["alg": .string(algorithm), "kid": .string(key.kid), "typ": "JWT"]
                let text = [header, goodClaims(issuer.issuerURL)].map { base64url(JSONWriter.bytes(of: $0)) }.joined(
                    separator: "."
                )
                return Array((text + "." + base64url(try key.signature(of: Array(text.utf8), by: algorithm))).utf8)
            }
        }
    }
}
