import JSON
import Listening
import NIOHTTP1
import Testing
import WorkerArguments

@testable import Worker

/// Who may ask for a `TokenReview`, and what the others are told.
struct TokenReviewAccessTests {
    static let secret = "reviewer-token-of-the-api-server"

    let provider = TestProvider()

    struct Asker: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var bearer: [String] = []
        var certificate: CertificateSubject?
        var isLocal = false
        /// With a file of tokens, and without one.
        let status: (UInt, UInt)

        init(
            _ name: String,
            _ bearer: [String] = [],
            certificate: CertificateSubject? = nil,
            isLocal: Bool = false,
            _ status: (UInt, UInt)
        ) {
            testDescription = name
            (self.bearer, self.certificate, self.isLocal, self.status) = (bearer, certificate, isLocal, status)
        }
    }

    private static let developer = CertificateSubject(commonName: "joe", organizations: ["dev"])

    static let askers = [
        Asker("nobody", [], (403, 403)),
        Asker("the right token", ["Bearer \(secret)"], (201, 403)),
        Asker("the right token, scheme in lower case", ["bearer  \(secret)"], (201, 403)),
        Asker("another token", ["Bearer another-token-than-that-one"], (401, 403)),
        Asker("the token's beginning", ["Bearer \(secret.dropLast())"], (401, 403)),
        Asker("the token and more", ["Bearer \(secret)x"], (401, 403)),
        Asker("the token and a blank", ["Bearer \(secret) "], (401, 403)),
        Asker("the token in capitals", ["Bearer \(secret.uppercased())"], (401, 403)),
        Asker("an empty token", ["Bearer "], (401, 403)),
        Asker("the scheme alone", ["Bearer"], (401, 403)),
        Asker("the right token twice", ["Bearer \(secret)", "Bearer \(secret)"], (401, 403)),
        Asker("another scheme", ["Basic \(secret)"], (403, 403)),
        Asker("a developer's certificate", certificate: developer, (403, 403)),
        Asker("a developer's certificate and the token", ["Bearer \(secret)"], certificate: developer, (201, 403)),
        Asker("a certificate that may", certificate: TestRoutes.apiServer, (201, 201)),
        Asker("a certificate that may, another token", ["Bearer x"], certificate: TestRoutes.apiServer, (201, 201)),
        Asker("a local process", isLocal: true, (201, 201)),
        Asker("a local process, another token", ["Bearer x"], isLocal: true, (201, 201)),
    ]

    @Test(arguments: askers, [true, false])
    func decidesWhoMayAsk(_ asker: Asker, withTokens: Bool) throws {
        var routes = TestRoutes(try provider.state())
        if withTokens {
            let reviewers = ReviewerTokens()
            reviewers.replace(with: try ReviewerTokenList(Array("# the API server's\n\(Self.secret)\n".utf8)))
            routes.reviewers = reviewers
        }
        var headers: HTTPHeaders = [:]
        for value in asker.bearer { headers.add(name: "Authorization", value: value) }
        let response = try routes.send(
            .POST,
            "/apis/authentication.k8s.io/v1/tokenreviews",
            headers: headers,
            body: #"{"spec":{"token":"\#(try provider.token())"}}"#,
            certificate: asker.certificate,
            isLocal: asker.isLocal
        )
        let expected = withTokens ? asker.status.0 : asker.status.1
        #expect(response.status.code == expected)
        switch expected {
        case 201: #expect(try response.json.value(at: "status", "authenticated") == true)
        case 401:
            #expect(response.headers["WWW-Authenticate"] == ["Bearer"])
            #expect(try response.json["reason"] == "Unauthorized")
        default:
            let message = try #require(try response.json["message"]?.stringValue)
            #expect(message.contains("system:authenticators"))
            #expect(message.contains("--token-review-token-file") == withTokens)
        }
        #expect(!response.text.contains(Self.secret))
        // Who may not ask learns nothing about the token in the review, and neither do the counts.
        #expect(routes.counters.authenticated == (expected == 201 ? 1 : 0))
        #expect(routes.counters.refused == 0)
    }

    @Test func asksAgainEachTime() throws {
        var routes = TestRoutes(try provider.state())
        let reviewers = ReviewerTokens()
        routes.reviewers = reviewers
        let token = try provider.token()
        func status() throws -> HTTPResponseStatus {
            try routes.send(
                .POST,
                "/apis/authentication.k8s.io/v1/tokenreviews",
                headers: ["Authorization": "Bearer \(Self.secret)"],
                body: #"{"spec":{"token":"\#(token)"}}"#
            ).status
        }
        #expect(try status() == .unauthorized)
        reviewers.replace(with: try ReviewerTokenList(Array(Self.secret.utf8)))
        #expect(try status() == .created)
        reviewers.removeAll()
        #expect(try status() == .unauthorized)
    }
}
