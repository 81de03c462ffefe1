package import JSON
import Web

/// `POST tokenreviews`: whether a token is good. Workers judge tokens, so one of them is asked.
package struct TokenReviews: Sendable {
    private let ask: @Sendable (_ review: JSONValue) async throws -> JSONValue?

    /// - Parameter ask: takes a review with its token and gives it back with the verdict; nil if no worker can be asked now.
    package init(ask: @escaping @Sendable (_ review: JSONValue) async throws -> JSONValue?) { self.ask = ask }

    func review(_ body: JSONValue) async throws -> JSONValue {
        guard let token = body.value(at: "spec", "token")?.stringValue, !token.isEmpty else {
            throw APIStatus(
                code: 422,
                reason: "Invalid",
                message: "TokenReview.authentication.k8s.io \"\" is invalid: spec.token: Required value: the token to judge"
            )
        }
        let audiences = body.value(at: "spec", "audiences")
        var spec: JSONValue = ["token": .string(token)]
        if let audiences, !audiences.isNull {
            guard let values = audiences.arrayValue, values.allSatisfy({ $0.stringValue != nil }) else {
                throw APIStatus.badRequest("spec.audiences is not a list of strings")
            }
            if !values.isEmpty { spec["audiences"] = audiences }
        }
        let question: JSONValue = ["kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "spec": spec]
        guard let answer = try await ask(question) else {
            throw APIStatus.unavailable("no worker can be asked about tokens now")
        }
        // The token goes no further.
        if spec["audiences"] != nil { spec = ["audiences": spec["audiences"] ?? []] } else { spec = [:] }
        return [
            "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "metadata": ["creationTimestamp": .null],
            "spec": spec,
            "status": answer["status"] ?? [:],
        ]
    }
}
