import Authenticator
import Crypto
import Foundation
import JSON
import Snapshot

@testable import Worker

/// A provider with one key: signs tokens, and gives the worker state that takes them.
struct TestProvider: Sendable {
    static let now: Int64 = 1_700_000_000
    static let issuerURL = "https://idp.example"

    private let key = P256.Signing.PrivateKey()

    var jwks: String {
        let point = key.publicKey.rawRepresentation
        return """
            {"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"\(base64url(point.prefix(32)))","y":"\(base64url(point.suffix(32)))"}]}
            """
    }

    /// A good token, changed as the test wants it.
    func token(_ change: (inout JSONValue) -> Void = { _ in }) throws -> String {
        var claims: JSONValue = [
            "iss": .string(Self.issuerURL), "aud": ["client", "other"], "sub": "u-1", "name": "jane",
            "groups": ["dev", "ops"], "exp": .integer(Self.now + 3600),
        ]
        change(&claims)
        let text = base64url(#"{"alg":"ES256","kid":"k1"}"#.utf8) + "." + base64url(JSONWriter.bytes(of: claims))
        return text + "." + base64url(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    /// - Parameter usernamePrefix: tells configurations apart.
    func state(revision: Int64 = 1, usernamePrefix: String = "idp:", hasKeys: Bool = true) throws -> WorkerState {
        let issuer = Issuer(
            name: "idp",
            issuerURL: Self.issuerURL,
            audiences: ["client"],
            claimMappings: ClaimMappings(
                username: .claim("name", prefix: usernamePrefix),
                groups: .claim("groups", prefix: "g:"),
                extra: [ClaimMappings.Extra(key: "example.com/team", valueExpression: "claims.sub")]
            )
        )
        var keys = IssuerTable<IssuerKeys>()
        if hasKeys {
            keys[Self.issuerURL] = IssuerKeys(set: try KeySet.parse(jwks), seed: KeySeed(jwks: jwks, fetchedAt: Self.now))
        }
        let snapshot = WorkerSnapshot(revision: revision, mode: .oidc, issuers: [issuer], oauthMetadata: #"{"issuer":"x"}"#)
        return WorkerState(authenticator: TokenAuthenticator(try CompiledSnapshot.compile(snapshot)), keys: keys)
    }
}

func base64url(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
