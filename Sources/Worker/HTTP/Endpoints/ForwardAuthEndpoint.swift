import Authenticator
import NIOHTTP1

/// `GET /auth`: a reverse proxy asks about the request in front of it, and passes our identity headers on.
struct ForwardAuthEndpoint: Sendable {
    let judge: TokenJudge
    /// The proxies that may ask. Anybody else could use it to try out tokens.
    let allowed: AddressList

    func answer(_ request: WorkerRequest) -> WorkerReply {
        guard let address = request.address, allowed.contains(address) else {
            return .now(.forbidden("this address may not ask for identities"))
        }
        switch BearerCredential(request.headers) {
        case .none: return .now(refused(Refusal(.tokenMissing, "")))
        case .malformed: return .now(refused(Refusal(.malformed, "not one Authorization header")))
        case .token(let token):
            return judge.judge(token, Asked())
        }
    }

    private static let question = TokenJudge.Question(endpoint: "auth", cacheKey: "auth")

    private struct Asked: TokenRequest {
        var question: TokenJudge.Question { ForwardAuthEndpoint.question }

        func response(to judgement: TokenJudge.Judgement) -> WorkerResponse {
            ForwardAuthEndpoint.response(to: judgement.decision)
        }
    }

    private func refused(_ refusal: Refusal) -> WorkerResponse {
        let judgement = judge.refuse(refusal, endpoint: Self.question.endpoint)
        var response = Self.response(to: judgement.decision)
        response.decision = judgement.id
        return response
    }

    private static func response(to decision: Decision) -> WorkerResponse {
        switch decision {
        case .refused, .notMine: return .unauthorized
        case .unknowable: return .unavailable
        case .authenticated(let identity):
            switch IdentityHeaders.make(identity) {
            case .success(let headers):
                var response = WorkerResponse.empty(.ok)
                response.add(headers)
                return response
            case .failure(let problem):
                // Known and good, but no header can carry it: neither 401 nor 503 would be the truth.
                return .failure(.forbidden, "Forbidden", problem.message).with("X-Postern-Refusal", problem.rawValue)
            }
        }
    }
}
