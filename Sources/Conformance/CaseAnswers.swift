import Authenticator
import JSON
import Snapshot

/// The server of a case, as a table: what a judgement asks is answered from `routes` and `jwks`.
struct CaseAnswers {
    private let serverURL: String
    private let routes: JSONValue?
    private let jwks: JSONValue?

    init(_ one: ConformanceCase) {
        serverURL = one.value["serverURL"]?.stringValue ?? ""
        routes = one.value["routes"]
        jwks = one.value["jwks"]
    }

    /// Asks until there is a decision.
    func decision(_ verdict: Authenticator.Verdict, keys: (String) -> KeySet?, now: Int64) -> Decision {
        var verdict = verdict
        while case .pending(let pending) = verdict {
            let answers = pending.questions.map { ($0, answer($0)) }
            verdict = pending.resume(Dictionary(answers) { first, _ in first }, keys: keys, now: now)
        }
        guard case .decided(let decision) = verdict else { return verdict.withoutAsking }
        return decision
    }

    private func answer(_ question: Question) -> Answer {
        switch question {
        case .distributedClaim(let question):
            guard question.endpoint.hasPrefix(serverURL),
                let route = routes?[String(question.endpoint.dropFirst(serverURL.count))]
            else { return .status(404) }
            if let wanted = route["requireAuthorization"]?.stringValue {
                let shown = question.accessToken.map { "Bearer " + String(decoding: $0.expose(), as: UTF8.self) }
                guard shown == wanted else { return .status(401) }
            }
            let status = route["status"]?.integerValue ?? 200
            return status == 200 ? .body(Array((route["body"]?.stringValue ?? "").utf8)) : .status(Int(status))
        case .keySet: return jwks.map { .body(JSONWriter.bytes(of: $0)) } ?? .status(404)
        case .claimsSource, .tokenReview: return .none("the case has no such server")
        }
    }
}
