import Authenticator
import Foundation
import JSON
import NIOHTTP1

/// The webhook that Kubernetes API servers ask about tokens: `TokenReview`, v1 and v1beta1.
///
/// A refused token is an answer like any other: HTTP 201 with the reason's code in `status.error`.
struct TokenReviewEndpoint: Sendable {
    let judge: TokenJudge
    /// What every token that is taken here is good for, besides the audiences that it names itself.
    let apiAudiences: [String]
    /// The bearer tokens that may ask; nil: only client certificates may.
    let reviewers: ReviewerTokens?

    func answer(_ request: WorkerRequest, version: String) -> WorkerReply {
        if let refusal = refusal(of: request) { return .now(refusal) }
        guard Self.isJSON(request.headers) else {
            return .now(.unsupportedMediaType("a TokenReview is taken as application/json only"))
        }
        let review: JSONOutline
        do throws(JSONError) {
            review = try JSONOutline(request.body, limits: .init(bytes: HTTPLimits.bodyBytes, depth: HTTPLimits.bodyDepth))
        } catch {
            return .now(.badRequest("the body is no TokenReview: \(error)"))
        }
        let spec = review.outline("spec")
        let (token, audiences) = (spec?["token"], spec?["audiences"])
        if let problem = Self.problem(of: review, version) ?? Self.problem(token: token, audiences: audiences) {
            return .now(.badRequest(problem))
        }
        let asked = Asked(
            version: version,
            audiences: audiences.stringValues,
            apiAudiences: apiAudiences,
            token: token?.stringValue ?? ""
        )
        return judge.judge(Substring(asked.token).utf8, asked)
    }

    /// What is said to a caller who may not ask; nil: it may.
    private func refusal(of request: WorkerRequest) -> WorkerResponse? {
        if request.isLocal || request.certificate?.mayReviewTokens == true { return nil }
        switch BearerCredential(request.headers) {
        case .token(let token) where reviewers?.contains(token) == true: return nil
        case .token where reviewers != nil, .malformed where reviewers != nil: return .unauthorized
        default:
            let token = reviewers == nil ? "" : ", or a bearer token of --token-review-token-file"
            return .forbidden(
                "tokenreviews.authentication.k8s.io is forbidden: show a client certificate of the group system:authenticators\(token)"
            )
        }
    }

    /// Nothing said is taken as JSON; so is everything whose name ends with it.
    private static func isJSON(_ headers: HTTPHeaders) -> Bool {
        guard let value = headers.first(name: "Content-Type"), value != "application/json" else { return true }
        let type = value.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }

    /// What is wrong with the review itself; nil when it can be answered.
    private static func problem(of review: JSONOutline, _ version: String) -> String? {
        let apiVersion = "authentication.k8s.io/\(version)"
        if let found = review["apiVersion"], found != .string(apiVersion) {
            return "the API version in the data (\(JSONWriter.text(of: found).prefix(100))) is not \(apiVersion)"
        }
        if let kind = review["kind"], kind != "TokenReview" { return "the body is no TokenReview: its kind is another" }
        return nil
    }

    private static func problem(token: JSONValue?, audiences: JSONValue?) -> String? {
        if let token, token.stringValue == nil { return "spec.token is not a string" }
        if let audiences, !audiences.isNull {
            guard let values = audiences.arrayValue, values.allSatisfy({ $0.stringValue != nil }) else {
                return "spec.audiences is not a list of strings"
            }
        }
        return nil
    }
}

/// A review that was read: the token and, where audiences are asked for, whether it is meant for one of them.
private struct Asked: TokenRequest {
    let version: String
    let audiences: [String]
    let apiAudiences: [String]
    let token: String

    var endpoint: String { "tokenreview" }
    /// Lengths before texts: no two lists of audiences make the same key.
    var cacheKey: String? { audiences.reduce("review " + version) { "\($0) \($1.utf8.count):\($1)" } }

    func objection(to identity: Identity) -> Refusal? {
        guard !audiences.isEmpty, served(identity).isEmpty else { return nil }
        return Refusal(.audienceMismatch, "the review asks for audiences that the token is not for")
    }

    func response(to judgement: TokenJudge.Judgement) -> WorkerResponse {
        let answer = TokenReviewAnswer(version: version, audiences: audiences)
        switch judgement.decision {
        case .authenticated(let identity):
            return .json(answer.accepted(identity, served: served(identity)), status: .created)
        case .refused(let refusal), .unknowable(let refusal), .notMine(let refusal):
            return .json(answer.refused("\(refusal.code) id=\(judgement.id)"), status: .created)
        }
    }

    /// Those of the audiences asked for that the token is meant for.
    private func served(_ identity: Identity) -> [String] {
        guard !audiences.isEmpty else { return [] }
        let own = apiAudiences + TokenAudiences.read(fromAccepted: Array(token.utf8), identity)
        return audiences.filter { audience in own.contains { $0.utf8.elementsEqual(audience.utf8) } }
    }
}
