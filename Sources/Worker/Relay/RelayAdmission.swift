import Authenticator
import NIOHTTP1

/// Who may have a request for the API passed on: holders of tokens. Judged before a body is read, for it may be large.
struct RelayAdmission: Sendable {
    let judge: TokenJudge

    /// Whether the path is the API's, and not one that workers answer themselves.
    static func takes(_ request: HTTPRequestHead) -> Bool {
        let path = request.uri.prefix { $0 != "?" }
        let isAPI =
            path == "/" || path == "/api" || path == "/apis"
            || ["/api/", "/apis/", "/openapi/"].contains { path.hasPrefix($0) }
        guard isAPI else { return false }
        switch path {
        case "/apis/authentication.k8s.io/v1/tokenreviews", "/apis/authentication.k8s.io/v1beta1/tokenreviews": return false
        case "/apis/authentication.k8s.io/v1/selfsubjectreviews", "/apis/user.openshift.io/v1/users/~",
            "/apis/user.openshift.io/v1/users/%7E", "/apis/user.openshift.io/v1/users/%7e":
            // Only the controller knows who may speak in somebody else's name.
            return request.headers.contains { $0.name.lowercased().hasPrefix("impersonate-") }
        default: return true
        }
    }

    /// Answers with status 200 and the identity as `X-Remote-*` headers, or with the refusal.
    ///
    /// - Parameter request: without its body.
    func judge(_ request: WorkerRequest) -> WorkerReply {
        switch BearerCredential(request.headers) {
        case .none, .malformed: .now(.unauthorized)
        case .token(let token): judge.judge(token, Asked())
        }
    }

    private struct Asked: TokenRequest {
        var endpoint: String { "api" }
        /// An answer that is kept is bytes, and this one is headers for somebody else.
        var cacheKey: String? { nil }

        func objection(to identity: Identity) -> Refusal? { IdentityHeaders(identity, .repeated).problem }

        func response(to judgement: TokenJudge.Judgement) -> WorkerResponse {
            switch judgement.decision {
            case .authenticated(let identity):
                var response = WorkerResponse.empty(.ok)
                response.add(HTTPHeaders(IdentityHeaders(identity, .repeated).fields))
                return response
            case .refused(let refusal) where [.identityTooLarge, .identityUnfit].contains(refusal.reason):
                return .forbidden(refusal.reason.explanation.meaning)
            case .refused, .notMine: return .unauthorized
            case .unknowable: return .unavailable
            }
        }
    }
}
