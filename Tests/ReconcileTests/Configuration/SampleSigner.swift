import Crypto
import Foundation
import JSON

/// A provider's key, and tokens that it signs.
struct SampleSigner: Sendable {
    private let key = P256.Signing.PrivateKey()

    var jwks: String {
        let point = key.publicKey.rawRepresentation
        let (x, y) = (Self.encoded(point.prefix(32)), Self.encoded(point.suffix(32)))
        return #"{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"\#(x)","y":"\#(y)"}]}"#
    }

    /// Issued long ago, and expired since.
    func token(_ change: (inout JSONValue) -> Void = { _ in }) throws -> String {
        var claims: JSONValue = [
            "iss": .string(Specs.issuer), "aud": "console", "sub": "1", "email": "jane@example", "groups": ["dev", "ops"],
            "iat": 1_000, "exp": 1_300,
        ]
        change(&claims)
        let text = Self.encoded(#"{"alg":"ES256","kid":"k1"}"#.utf8) + "." + Self.encoded(JSONWriter.bytes(of: claims))
        return text + "." + Self.encoded(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
