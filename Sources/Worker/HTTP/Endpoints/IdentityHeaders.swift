import Authenticator
import NIOHTTP1

/// An identity as headers for the server behind a proxy, named as Kubernetes' front proxies name them.
enum IdentityHeaders {
    /// Why an identity cannot travel as headers.
    enum Problem: String, Error, Sendable {
        case tooLarge = "identity_too_large"
        /// A value would arrive as another one, or end the header.
        case unfit = "identity_unfit"

        var message: String {
            switch self {
            case .tooLarge: "the identity is too large for headers; it has too many groups"
            case .unfit: "the identity has characters that headers cannot carry"
            }
        }
    }

    static func make(_ identity: Identity) -> Result<HTTPHeaders, Problem> {
        var fields = [("X-Remote-User", identity.username)]
        if !identity.uid.isEmpty { fields.append(("X-Remote-Uid", identity.uid)) }
        fields += identity.groups.map { ("X-Remote-Group", $0) }
        for (key, values) in identity.extra.sorted(by: { $0.key < $1.key }) {
            fields += values.map { ("X-Remote-Extra-" + escaped(key), $0) }
        }
        guard fields.allSatisfy({ isFit($0.1) }) else { return .failure(.unfit) }
        let size = fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 4 }
        guard size <= HTTPLimits.identityHeaderBytes else { return .failure(.tooLarge) }
        return .success(HTTPHeaders(fields))
    }

    /// Receivers trim spaces at the ends, which would make it another name; other control characters end or break a header.
    private static func isFit(_ value: String) -> Bool {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = value.utf8.first, let last = value.utf8.last, !isBlank(first), !isBlank(last) else { return false }
        return value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// A key of `extra` as part of a header's name: what is no letter, digit or harmless sign is percent-encoded.
    private static func escaped(_ key: String) -> String {
        key.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
    }
}
