package import JSON
import Snapshot

/// Claims that somebody wrote down, as a token of a provider would have them. Nobody signed them: they prove nothing, and never become an
/// `Identity`.
package struct ClaimSample: Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Who a token with these claims would belong to.
        case user(TokenExplanation.User)
        case refused(Refusal)
        /// Others would have to be asked, which a sample is no reason for.
        case undecided
    }

    /// How long a token lives whose sample says nothing about it, in seconds.
    private static let lifetime: Int64 = 300

    private let claims: JSONObject

    /// - Parameter claims: `iss` and `aud` may be left out where there is no choice; dates are moved to now.
    package init(_ claims: JSONObject) { self.claims = claims }

    /// What a configuration makes of it; the signature is taken for good.
    ///
    /// - Parameter now: seconds since 1970.
    package func outcome(in compiled: CompiledSnapshot, now: Int64) -> Outcome {
        do throws(Refusal) {
            let named = named(in: compiled.snapshot)
            let claims = TokenClaims(JSONOutline(dated(named, now)))
            let iss = try claims.string("iss")
            guard let issuer = compiled.issuer(named: iss) else { throw Refusal(.issuerUnknown, "iss \(quoted(iss))") }
            try issuer.checkToken(claims, now: now)
            guard !TokenInquiry.isNeeded(for: claims, issuer) else { return .undecided }
            let user = try issuer.user(claims)
            return .user(.init(username: user.username, uid: user.uid, groups: user.groups, extra: user.extra))
        } catch {
            return .refused(error)
        }
    }

    /// With the only issuer, and with an audience of its issuer.
    private func named(in snapshot: WorkerSnapshot) -> JSONObject {
        var claims = claims
        if claims["iss"] == nil, snapshot.issuers.count == 1 {
            claims["iss"] = (snapshot.issuers.first?.issuerURL).map(JSONValue.string)
        }
        let issuer = snapshot.issuers.first { $0.issuerURL.utf8.elementsEqual((claims["iss"]?.stringValue ?? "").utf8) }
        if claims["aud"] == nil { claims["aud"] = (issuer?.audiences.first).map(JSONValue.string) }
        return claims
    }

    /// As if it were issued now, for as long as it was.
    private func dated(_ claims: JSONObject, _ now: Int64) -> JSONObject {
        let dates = [claims["iat"]?.integerValue, claims["exp"]?.integerValue].compactMap(\.self)
        let (life, overflows) = dates.count == 2 ? dates[1].subtractingReportingOverflow(dates[0]) : (Self.lifetime, false)
        var claims = claims
        claims["iat"] = .integer(now)
        claims["exp"] = .integer(now + (overflows ? Self.lifetime : max(0, min(life, 10 * 366 * 86_400))))
        claims["nbf"] = nil
        return claims
    }
}
