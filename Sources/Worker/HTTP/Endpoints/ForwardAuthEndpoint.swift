import Authenticator
import NIOHTTP1

/// `GET /auth`: a reverse proxy asks about the request in front of it, and passes our identity headers on.
struct ForwardAuthEndpoint: Sendable {
    let judge: TokenJudge
    /// The proxies that may ask. Anybody else could use it to try out tokens.
    let allowed: AddressList

    func answer(_ request: WorkerRequest) -> WorkerResponse {
        guard let address = request.address, allowed.contains(address) else {
            return .forbidden("this address may not ask for identities")
        }
        let judgement: TokenJudge.Judgement
        switch BearerCredential(request.headers) {
        case .none: judgement = judge.refuse(Refusal(.tokenMissing, ""), endpoint: "auth")
        case .malformed: judgement = judge.refuse(Refusal(.malformed, "not one Authorization header"), endpoint: "auth")
        case .token(let token): judgement = judge.judge(token, endpoint: "auth")
        }
        return Self.response(to: judgement.decision).with("X-Postern-Decision", judgement.id)
    }

    private static func response(to decision: Decision) -> WorkerResponse {
        switch decision {
        case .refused, .notMine: return .unauthorized
        case .unknowable: return .unavailable
        case .authenticated(let identity):
            switch IdentityHeaders.make(identity) {
            case .success(let headers):
                var response = WorkerResponse.empty(.ok)
                response.headers.add(contentsOf: headers)
                return response
            case .failure(let problem):
                // Known and good, but no header can carry it: neither 401 nor 503 would be the truth.
                return .failure(.forbidden, "Forbidden", problem.message).with("X-Postern-Refusal", problem.rawValue)
            }
        }
    }
}
