import JSON
import Testing

@testable import API

/// `TokenReview`s at the controller's API: a worker has the say.
struct TokenReviewEndpointTests {
    private static let path = "/apis/authentication.k8s.io/v1/tokenreviews"

    /// Says yes to one token.
    private static let reviews = TokenReviews { review in
        var review = review
        let isGood = review.value(at: "spec", "token") == "good"
        review["status"] =
            isGood
            ? ["authenticated": true, "user": ["username": "jane"], "audiences": review.value(at: "spec", "audiences") ?? []]
            : ["authenticated": false, "error": "SIGNATURE_INVALID id=1"]
        return review
    }

    @Test func passesTheVerdictOnAndNotTheToken() async throws {
        try await TestAPI.with(tokenReviews: Self.reviews) { api in
            let good = try await api.create(Self.path, ["spec": ["token": "good", "audiences": ["a"]]])
            #expect(good.code == 201)
            #expect(good.json.value(at: "status", "user", "username") == "jane")
            #expect(good.json.value(at: "status", "audiences") == ["a"])
            #expect(!good.text.contains("good"))
            let bad = try await api.create(Self.path, ["spec": ["token": "bad"]])
            #expect(bad.code == 201)
            #expect(bad.json["status"] == ["authenticated": false, "error": "SIGNATURE_INVALID id=1"])
        }
    }

    @Test func notEverybodyMayAsk() async throws {
        try await TestAPI.with(tokenReviews: Self.reviews) { api in
            let refused = try await api.create(Self.path, ["spec": ["token": "good"]], as: TestAPI.worker)
            #expect(refused.code == 403)
        }
    }

    @Test func saysWhatIsWrong() async throws {
        try await TestAPI.with(tokenReviews: Self.reviews) { api in
            let none = try await api.create(Self.path, ["spec": [:]])
            #expect(none.code == 422)
            #expect(none.message.contains("spec.token: Required value"))
            let audiences = try await api.create(Self.path, ["spec": ["token": "good", "audiences": "a"]])
            #expect(audiences.code == 400)
        }
    }

    @Test func saysThatNobodyCanBeAsked() async throws {
        try await TestAPI.with(tokenReviews: TokenReviews { _ in nil }) { api in
            let reply = try await api.create(Self.path, ["spec": ["token": "good"]])
            #expect(reply.code == 503)
        }
    }
}
