import Authenticator
import Foundation
import JSON

/// The `aud` of a token that was accepted already; before that it proves nothing.
enum TokenAudiences {
    /// Empty for tokens that name none, such as those of the built-in OAuth server.
    ///
    /// - Parameter identity: what the token was accepted as; it is asked for so that nobody reads a token that was not.
    static func read(fromAccepted token: [UInt8], _ identity: Identity) -> [String] {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = decodeBase64URL(parts[1]), let claims = try? JSONParser.parse(payload) else {
            return []
        }
        if let audience = claims["aud"]?.stringValue { return [audience] }
        return claims["aud"].stringValues
    }

    private static func decodeBase64URL(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var standard = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(standard)).map { Array($0) }
    }
}
