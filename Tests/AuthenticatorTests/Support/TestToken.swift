import Foundation
import JSON

/// A token to be: good as it is made, then changed in the one way that a test is about.
struct TestToken: Sendable {
    static let now: Int64 = 1_700_000_000
    static let issuerURL = "https://idp.example"

    var header: JSONValue
    var claims: JSONValue
    /// Sent instead of the JSON of `header` or `claims`.
    var headerText: String?
    var claimsText: String?

    init(alg: String = "ES256", kid: String? = nil) {
        header = ["alg": .string(alg), "typ": "JWT"]
        if let kid { header["kid"] = .string(kid) }
        claims = [
            "iss": .string(Self.issuerURL), "aud": "client", "sub": "u-1", "email": "jane@example.com",
            "exp": .integer(Self.now + 3600), "iat": .integer(Self.now),
        ]
    }

    static func good(_ change: (inout TestToken) -> Void = { _ in }) -> TestToken {
        var token = TestToken(kid: "p256")
        change(&token)
        return token
    }

    static func claims(_ change: (inout JSONValue) -> Void) -> TestToken { good { change(&$0.claims) } }

    var signedText: String {
        let header = headerText ?? JSONWriter.text(of: header)
        let claims = claimsText ?? JSONWriter.text(of: claims)
        return base64url(header.utf8) + "." + base64url(claims.utf8)
    }

    func signed(by key: TestKey, alg: String? = nil) throws -> String {
        let algorithm = alg ?? header["alg"]?.stringValue ?? ""
        return signedText + "." + base64url(try key.signature(of: signedText, by: algorithm))
    }
}
