package import HTTPTypes

/// The `Authorization: Bearer` header of a request.
package enum BearerToken: Hashable, Sendable {
    case none
    /// There is a header, but not one bearer token of a possible size and alphabet.
    case malformed
    case token(String)

    package init(_ headers: HTTPFields) {
        let values = headers[values: .authorization]
        guard let value = values.first else {
            self = .none
            return
        }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard values.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            self = parts.first?.lowercased() == "bearer" ? .malformed : .none
            return
        }
        let token = parts[1].trimming(while: { $0 == " " })
        let isPossible =
            !token.isEmpty && token.utf8.count <= RequestLimits.bearerTokenBytes && token.utf8.allSatisfy(Self.isTokenByte)
        self = isPossible ? .token(String(token)) : .malformed
    }

    /// The `b64token` alphabet of RFC 6750, 2.1.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~+/=".utf8.contains(byte)
        }
    }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest.drop(while: isTrimmed)
    }
}
