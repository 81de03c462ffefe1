import JSON
import Snapshot

/// What to change so that a refused token, or the next one, is taken: the reason's own advice, after what this token tells.
struct RefusalAdvice {
    let refusal: Refusal
    /// Not proven; they only help to guess what is wrong.
    let claims: TokenClaims?
    /// How many parts the token has between dots.
    let parts: Int
    let issuers: [Issuer]
    /// Seconds since 1970.
    let now: Int64

    var lines: [String] { specific + [refusal.reason.explanation.whatToDo] }

    private var specific: [String] {
        if refusal.reason == .malformed { return form }
        guard let claims else { return [] }
        switch refusal.reason {
        case .issuerUnknown: return nearIssuer(claims).map { [$0] } ?? []
        case .audienceMismatch: return audience(claims)
        case .expired: return expired(claims)
        case .claimMissing, .claimType: return ["The token has these claims: \(Self.list(claims.object.names))."]
        case .keyUnknown, .signatureInvalid:
            return ["If the provider has changed its keys, the worker asks for them anew within half a minute."]
        default: return []
        }
    }

    private var form: [String] {
        switch parts {
        case 1:
            [
                """
                If this is an access token of a provider that issues opaque ones, only that provider can read it: send the ID token, or \
                have it issue access tokens in the form of JWT.
                """
            ]
        case 5: ["The token is encrypted: have the provider sign the tokens of this client, and not encrypt them."]
        default: []
        }
    }

    /// The configured issuer that the token's nearly is.
    private func nearIssuer(_ claims: TokenClaims) -> String? {
        guard let iss = claims["iss"]?.stringValue else { return nil }
        let found = issuers.first { Self.plain($0.issuerURL) == Self.plain(iss) }
        guard let found else {
            return issuers.isEmpty
                ? nil : "Configured are: \(Self.list(issuers.map(\.issuerURL))). The token says \(quoted(iss))."
        }
        return """
            issuerURL of provider \(quoted(found.name)) is \(quoted(found.issuerURL)), the token says \(quoted(iss)): \
            they must be the same byte for byte, also in upper and lower case and in a slash at the end.
            """
    }

    /// Without what is often written differently and still meant.
    private static func plain(_ url: String) -> String {
        var text = url.lowercased().replacing(":443/", with: "/")
        if text.hasPrefix("http://") { text = "https" + text.dropFirst(4) }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    private func audience(_ claims: TokenClaims) -> [String] {
        let issuer = issuers.first { $0.issuerURL.hasSameBytes(as: refusal.issuerURL ?? "") }
        let wanted = issuer?.audiences ?? []
        let found = claims["aud"]?.stringValue.map { [$0] } ?? claims["aud"].stringValues
        var lines: [String] = []
        let isKeycloak = issuer?.issuerURL.contains("/realms/") == true
        if isKeycloak, let client = wanted.first {
            lines.append(
                """
                Keycloak names only `account` and the like in the audience of access tokens. Add a mapper of the type Audience with \
                \(quoted(client)) as its Included Client Audience to the client that logs in (Client scopes, its dedicated scope, \
                Add mapper, By configuration), then log in again.
                """
            )
        }
        if found.contains("account") {
            lines.append(
                "Do not configure `account` as an audience: every token of the realm has it, whoever it was issued for."
            )
        }
        if let party = claims["azp"]?.stringValue, wanted.contains(where: { $0.hasSameBytes(as: party) }) {
            lines.append(
                "The token was issued to \(quoted(party)) (azp), but azp is no audience; the ID token of that login has it."
            )
        }
        return lines
    }

    private func expired(_ claims: TokenClaims) -> [String] {
        guard let expiry = try? claims.date("exp") else { return [] }
        return ["It ended \(Self.words(seconds: now - expiry)) ago by this machine's clock."]
    }

    private static func words(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) seconds"
        case ..<7_200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3600) hours"
        default: "\(seconds / 86_400) days"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(30).map { quoted($0) }.joined(separator: ", ")
        return names.count > 30 ? shown + " and more" : shown
    }
}
