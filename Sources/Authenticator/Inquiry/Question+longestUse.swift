import JSON

extension Question {
    /// How long what came back may be used again, in seconds, whatever it says itself; 0: not at all.
    ///
    /// A maintenance page with status 200 says nothing about anybody, and a reviewer may know a token a moment after it did not.
    package func longestUse(of answer: Answer) -> Int64 {
        guard case .body(let bytes) = answer else { return 0 }
        switch self {
        case .distributedClaim: return Authenticator.DistributedClaim.isToken(bytes) ? longestUse : 0
        case .keySet:
            let keySet = String(validating: bytes, as: UTF8.self).flatMap { try? Authenticator.KeySet.parse($0) }
            return keySet?.isUsable == true ? longestUse : 0
        case .claimsSource: return Authenticator.ClaimsSource.object(in: bytes) == nil ? 0 : longestUse
        case .tokenReview:
            guard let status = WebhookInquiry.status(in: bytes) else { return 0 }
            return status["authenticated"] == true ? longestUse : Self.longestUseOfNo
        }
    }

    private static let longestUseOfNo: Int64 = 10
}
