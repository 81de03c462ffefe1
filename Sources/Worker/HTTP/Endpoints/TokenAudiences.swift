import Authenticator
import JSON

/// The `aud` of a token that was accepted already; before that it proves nothing.
enum TokenAudiences {
    /// Empty for tokens that name none, such as those of the built-in OAuth server.
    ///
    /// - Parameter identity: what the token was accepted as; it is asked for so that nobody reads a token that was not.
    static func read(fromAccepted token: [UInt8], _ identity: Identity) -> [String] {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]) else { return [] }
        // A provider's token was read before it was accepted; what is no JSON here was accepted on a reviewer's word, and its form
        // is between those two.
        guard let claims = try? JSONParser.parse(payload) else { return [] }
        if let audience = claims["aud"]?.stringValue { return [audience] }
        return claims["aud"].stringValues
    }
}
