import Authenticator
import JSON
import Listening
import NIOHTTP1
import Snapshot
import Testing

@testable import Worker

struct OtherEndpointsTests {
    let provider = TestProvider()

    // MARK: Who am I

    @Test func reviewsTheBearer() throws {
        let headers: HTTPHeaders = ["Authorization": "Bearer \(try provider.token())"]
        let routes = TestRoutes(try provider.state())
        let review = try routes.send(.POST, "/apis/authentication.k8s.io/v1/selfsubjectreviews", headers: headers, body: "{}")
        #expect(review.status == .created)
        let info = try review.json.value(at: "status", "userInfo")
        #expect(info?["username"] == "idp:jane")
        #expect(info?["groups"] == ["g:dev", "g:ops", "system:authenticated"])
        let user = try routes.get("/apis/user.openshift.io/v1/users/~", token: try provider.token()).json
        #expect(user["kind"] == "User")
        #expect(user.value(at: "metadata", "name") == "idp:jane")
    }

    @Test func reviewsTheCertificate() throws {
        let admin = CertificateSubject(commonName: "system:admin", organizations: ["system:masters"])
        let routes = TestRoutes(try provider.state())
        let user = try routes.send(.GET, "/apis/user.openshift.io/v1/users/~", certificate: admin).json
        #expect(user.value(at: "metadata", "name") == "system:admin")
        #expect(user["groups"] == ["system:masters", "system:authenticated"])
    }

    /// A bad token is not made good by a certificate beside it.
    @Test func looksAtTheTokenFirst() throws {
        let admin = CertificateSubject(commonName: "system:admin", organizations: ["system:masters"])
        let response = try TestRoutes(provider.state()).send(
            .GET,
            "/apis/user.openshift.io/v1/users/~",
            headers: ["Authorization": "Bearer x"],
            certificate: admin
        )
        #expect(response.status == .unauthorized)
    }

    @Test func knowsNobodyWithoutCredentials() throws {
        let routes = TestRoutes(try provider.state())
        #expect(try routes.get("/apis/user.openshift.io/v1/users/~").status == .unauthorized)
        #expect(try routes.send(.POST, "/apis/authentication.k8s.io/v1/selfsubjectreviews").status == .unauthorized)
        #expect(try TestRoutes().get("/apis/user.openshift.io/v1/users/~", token: "a.b.c").status == .serviceUnavailable)
    }

    // MARK: Where to log in

    @Test func servesTheMetadataOfTheSnapshot() throws {
        let path = "/.well-known/oauth-authorization-server"
        #expect(try TestRoutes(provider.state()).get(path).json == ["issuer": "x"])
        #expect(try TestRoutes().get(path).status == .serviceUnavailable)
        let without = TokenAuthenticator(try .compile(WorkerSnapshot(revision: 1, mode: .none)))
        #expect(try TestRoutes(WorkerState(authenticator: without)).get(path).status == .notFound)
    }

    // MARK: Health

    @Test func isReadyOnlyWhenEveryTokenCanBeJudged() throws {
        let ready = TestRoutes(try provider.state())
        #expect(try ready.get("/readyz").status == .ok)
        for routes in [TestRoutes(), TestRoutes(try provider.state(hasKeys: false))] {
            #expect(try routes.get("/readyz").status == .serviceUnavailable)
            #expect(try routes.get("/livez").status == .ok)
            #expect(try routes.get("/healthz").status == .ok)
        }
        let without = try TestRoutes(try provider.state(hasKeys: false)).get("/readyz")
        #expect(without.text.contains("no usable keys of provider idp"))
    }

    @Test func isNotReadyWhileItStops() throws {
        var routes = TestRoutes(try provider.state())
        routes.isDraining = true
        #expect(try routes.get("/readyz").status == .serviceUnavailable)
        #expect(try routes.get("/auth", token: try provider.token()).status == .ok)
    }

    @Test func countsDecisions() async throws {
        let routes = TestRoutes(try provider.state(revision: 7))
        _ = try routes.get("/auth", token: try provider.token())
        _ = try routes.get("/auth", token: try provider.token())
        _ = try routes.get("/auth", token: try provider.token { $0["exp"] = 1 })
        let response = try await routes.later(.GET, "/metrics")
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == ["text/plain; version=0.0.4; charset=utf-8"])
        let decisions = "postern_decisions_total{"
        #expect(
            response.text.split(separator: "\n").filter { $0.hasPrefix(decisions) } == [
                #"\#(decisions)result="authenticated",reason="",provider="idp",revision="7"} 2"#,
                #"\#(decisions)result="refused",reason="expired",provider="idp",revision="7"} 1"#,
            ]
        )
    }

    @Test func tellsItsVersion() throws {
        #expect(try TestRoutes().get("/version").json["gitVersion"]?.stringValue?.hasPrefix("v") == true)
    }

    // MARK: What is not there

    @Test func answersUnknownPathsWithAStatus() throws {
        let routes = TestRoutes(try provider.state())
        for path in ["/", "/auth/", "/auth/../metrics", "/api/v1/secrets", "//auth", ""] {
            let response = try routes.get(path, token: try provider.token())
            #expect(response.status == .notFound)
            #expect(try response.json["reason"] == "NotFound")
        }
        #expect(try routes.send(.HEAD, "/").status == .notFound)
    }

    @Test func refusesOtherMethods() throws {
        let routes = TestRoutes(try provider.state())
        #expect(try routes.send(.POST, "/auth").status == .methodNotAllowed)
        #expect(try routes.send(.GET, "/apis/authentication.k8s.io/v1/tokenreviews").headers["Allow"] == ["POST"])
    }
}
