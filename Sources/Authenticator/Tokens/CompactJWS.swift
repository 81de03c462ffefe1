import Foundation
import JSON

/// A JWS in compact serialisation (RFC 7515), taken apart. Nothing in it is proven.
struct CompactJWS: Sendable {
    static let maximumLength = 16 << 10

    private let token: [UInt8]
    private let firstDot: Int
    private let secondDot: Int
    /// The claims: the payload as a JSON object without repeated names.
    let claims: TokenClaims

    /// - Parameter limit: of its length; credentials have `maximumLength`.
    init(_ token: [UInt8], limit: Int = maximumLength) throws(Refusal) {
        guard token.count <= limit else { throw Refusal(.tooLarge, "\(token.count) bytes") }
        let dots = Self.dots(in: token)
        guard dots.count == 2 else {
            // Five parts are an encrypted token (JWE).
            let parts = dots.count == 0 ? "one part" : "\(dots.count + 1) parts"
            let what = dots.count == 4 ? "an encrypted token" : parts
            throw Refusal(.malformed, "\(what) instead of the three parts of a signed token")
        }
        self.token = token
        firstDot = dots.first
        secondDot = dots.second
        claims = TokenClaims(try Self.object(token[(firstDot + 1)..<secondDot], named: "payload", limit))
    }

    /// What the signature is over: header and payload as they were sent.
    var signedText: ArraySlice<UInt8> { token[..<secondDot] }

    func signature() throws(Refusal) -> [UInt8] {
        guard let bytes = Base64URL.decode(token[(secondDot + 1)...]) else {
            throw Refusal(.malformed, "the signature is not base64url")
        }
        return bytes
    }

    /// The header as it is, for people who look into the token; nil when it cannot be read.
    var headerObject: JSONValue? {
        let object = try? Self.object(headerText, named: "header", Self.maximumLength)
        return (object?.object).map(JSONValue.object)
    }

    /// The header as it was sent, encoded.
    var headerText: ArraySlice<UInt8> { token[..<firstDot] }

    func header() throws(Refusal) -> JWSHeader {
        try JWSHeader(Self.object(headerText, named: "header", Self.maximumLength))
    }

    /// The first two dots, and how many there are; counted to five at most, so that a text of dots costs no more than another.
    private static func dots(in token: [UInt8]) -> (first: Int, second: Int, count: Int) {
        var dots = (first: 0, second: 0, count: 0)
        token.withUnsafeBytes { token in
            var rest = token[...]
            while dots.count < 5, let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let found = memchr(start, Int32(UInt8(ascii: ".")), rest.count)
            {
                let dot = rest.startIndex + start.distance(to: UnsafeRawPointer(found))
                if dots.count == 0 { dots.first = dot }
                if dots.count == 1 { dots.second = dot }
                dots.count += 1
                rest = token[(dot + 1)...]
            }
        }
        return dots
    }

    private static func object(_ part: ArraySlice<UInt8>, named name: String, _ limit: Int) throws(Refusal) -> JSONOutline {
        guard let bytes = Base64URL.decode(part) else { throw Refusal(.malformed, "the \(name) is not base64url") }
        do throws(JSONError) {
            return try JSONOutline(bytes, limits: .init(bytes: limit, depth: 32))
        } catch {
            throw Refusal(.malformed, "the \(name) is refused: \(error)")
        }
    }
}

/// The part of a JWS header that we act on.
///
/// Keys and addresses of keys in the header (`jwk`, `jku`, `x5c`, `x5u`) are never looked at: whoever forges a token would choose them.
struct JWSHeader: Sendable {
    let algorithm: SignatureAlgorithm
    /// nil also when the header has an empty one.
    let keyID: String?

    init(_ object: JSONOutline) throws(Refusal) {
        if let critical = object["crit"] { throw Refusal(.headerNotAllowed, "crit: \(quoted(JSONWriter.text(of: critical)))") }
        // RFC 7797: with `b64: false` the signature would be over other bytes than we take it to be.
        if let encoded = object["b64"], encoded != true { throw Refusal(.headerNotAllowed, "b64 is not true") }
        if let contentType = object["cty"] { try Self.refuseNesting(contentType) }
        if let type = object["typ"] { try Self.refuseOtherPurposes(type) }

        guard let name = object["alg"]?.stringValue else { throw Refusal(.malformed, "the header has no alg") }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw Refusal(.algorithmNotAllowed, "alg \(quoted(name))")
        }
        self.algorithm = algorithm

        switch object["kid"] {
        case nil: keyID = nil
        case .string(let text): keyID = text.isEmpty ? nil : text
        default: throw Refusal(.malformed, "kid is not a string")
        }
    }

    private static func refuseNesting(_ contentType: JSONValue) throws(Refusal) {
        guard let text = contentType.stringValue else { throw Refusal(.malformed, "cty is not a string") }
        if text.lowercased() == "jwt" || text.lowercased().hasSuffix("/jwt") {
            throw Refusal(.headerNotAllowed, "cty \(quoted(text)): a token within a token")
        }
    }

    /// Tokens that say they are no credential (RFC 8725 section 3.11). Any other `typ` is as good as none.
    private static let otherPurposes: Set<String> = [
        "logout+jwt", "secevent+jwt", "dpop+jwt", "token-introspection+jwt", "oauth-authz-req+jwt", "entity-statement+jwt",
    ]

    private static func refuseOtherPurposes(_ type: JSONValue) throws(Refusal) {
        guard let text = type.stringValue else { throw Refusal(.malformed, "typ is not a string") }
        if text == "JWT" || text == "at+jwt" { return }
        var name = text.lowercased()
        if name.hasPrefix("application/") { name.removeFirst("application/".count) }
        if otherPurposes.contains(name) { throw Refusal(.tokenTypeNotAllowed, "typ \(quoted(text))") }
    }
}
