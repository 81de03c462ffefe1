import Authenticator
import Listening
import NIOHTTP1

/// `/auth` and its profiles: a reverse proxy asks about the request in front of it, and passes our identity headers on.
///
/// Whatever else the proxy says about the request, such as `X-Forwarded-For` or a path, decides nothing.
struct ForwardAuthEndpoint: Sendable {
    let judge: TokenJudge
    /// The proxies that may ask. Anybody else could use it to try out tokens.
    let allowed: AddressList

    func answer(_ request: WorkerRequest, _ profile: ForwardAuthProfile) -> WorkerReply {
        guard profile.takes(request.method) else { return .now(.methodNotAllowed("GET, HEAD")) }
        guard request.isLocal || request.address.map(allowed.contains) == true else {
            return .now(.forbidden("this address may not ask for identities"))
        }
        guard !profile.isForged(request.headers) else { return .now(refused(Refusal(.identityForged, ""), profile)) }
        switch BearerCredential(request.headers) {
        case .none: return .now(refused(Refusal(.tokenMissing, ""), profile))
        case .malformed: return .now(refused(Refusal(.malformed, "not one Authorization header"), profile))
        case .token(let token): return judge.judge(token, Asked(profile: profile))
        }
    }

    private func refused(_ refusal: Refusal, _ profile: ForwardAuthProfile) -> WorkerResponse {
        let judgement = judge.refuse(refusal, endpoint: profile.rawValue)
        var response = Asked(profile: profile).response(to: judgement)
        response.decision = judgement.id
        return response
    }
}

private struct Asked: TokenRequest {
    let profile: ForwardAuthProfile

    var endpoint: String { profile.rawValue }
    var cacheKey: String? { profile.rawValue }

    func objection(to identity: Identity) -> Refusal? { IdentityHeaders(identity, profile.form).problem }

    func response(to judgement: TokenJudge.Judgement) -> WorkerResponse {
        switch judgement.decision {
        case .authenticated(let identity): accepted(identity)
        case .unknowable: .unavailable
        case .refused(let refusal), .notMine(let refusal):
            switch refusal.reason {
            // It is known who it is, or may not be known: neither 401 nor 503 would be the truth.
            case .identityTooLarge, .identityUnfit, .identityForged:
                .forbidden(refusal.reason.explanation.meaning).with("X-Postern-Refusal", refusal.code)
            default: .unauthorized
            }
        }
    }

    private func accepted(_ identity: Identity) -> WorkerResponse {
        let fields = IdentityHeaders(identity, profile.form).fields
        var response = WorkerResponse.empty(.ok)
        response.add(HTTPHeaders(fields))
        guard profile == .envoy else { return response }
        // Envoy replaces what the answer has, and takes out what it is told to; the client's own must not stay in between.
        let unset = [IdentityHeaders.uid, IdentityHeaders.group, IdentityHeaders.groups, IdentityHeaders.extra].filter { name in
            !fields.contains { $0.0 == name }
        }
        return response.with("X-Envoy-Auth-Headers-To-Remove", unset.joined(separator: ","))
    }
}
