import Foundation
import JSON
import Synchronization
import Testing

@testable import Client

@Suite(.timeLimit(.minutes(5)))
struct ControllerClientTests {
    private static let path = ResourcePath("config.openshift.io/v1", "authentications", name: "cluster")

    private func configuration(_ server: StubServer) -> ClientConfiguration {
        var configuration = ClientConfiguration(server: server.url + "/", userAgent: "test/1")
        configuration.requestTimeout = .seconds(10)
        return configuration
    }

    @Test func sendsWhatTheAPIExpects() async throws {
        let seen = Mutex<[StubServer.Request]>([])
        try await StubServer.with { request in
            seen.withLock { $0.append(request) }
            return .json(#"{"kind":"Authentication"}"#)
        } body: { server in
            var configuration = configuration(server)
            configuration.credential = .token(SecretText("sha256~x"))
            try await ControllerClient.with(configuration) { client in
                _ = try await client.patch(Self.path, merging: ["spec": ["type": ""]], .init(dryRun: true, fieldManager: "ctl"))
                _ = try await client.create(ResourcePath("v1", "secrets", namespace: "a b"), ["kind": "Secret"])
                _ = try await client.delete(Self.path)
            }
        }
        let requests = seen.withLock { $0 }
        #expect(requests.map(\.method) == ["PATCH", "POST", "DELETE"])
        #expect(
            requests.map(\.uri) == [
                "/apis/config.openshift.io/v1/authentications/cluster?fieldValidation=Strict&fieldManager=ctl&dryRun=All",
                "/api/v1/namespaces/a%20b/secrets?fieldValidation=Strict",
                "/apis/config.openshift.io/v1/authentications/cluster",
            ]
        )
        #expect(requests[0].headers["content-type"] == "application/merge-patch+json")
        #expect(requests[0].headers["authorization"] == "Bearer sha256~x")
        #expect(requests[0].headers["user-agent"] == "test/1")
        #expect(requests[0].body == #"{"spec":{"type":""}}"#)
    }

    @Test func readsAStatusWithItsCauses() async throws {
        let status = """
            {"kind":"Status","code":422,"reason":"Invalid","message":"Authentication.config.openshift.io \\"cluster\\" is invalid",
             "details":{"causes":[{"field":"spec.type","reason":"FieldValueNotSupported","message":"Unsupported value"}]}}
            """
        try await StubServer.with { _ in
            .json(status, status: 422)
        } body: { server in
            try await ControllerClient.with(configuration(server)) { client in
                let failure = await #expect(throws: APIFailure.self) { try await client.get(Self.path) }
                #expect(failure?.reason == "Invalid")
                #expect(failure?.causes.first?.field == "spec.type")
            }
        }
    }

    @Test func aMissingObjectIsNil() async throws {
        try await StubServer.with { _ in
            .json(#"{"kind":"Status","code":404,"reason":"NotFound"}"#, status: 404)
        } body: { server in
            let found = try await ControllerClient.with(configuration(server)) { try await $0.find(Self.path) }
            #expect(found == nil)
        }
    }

    @Test func completesItemsOfAList() async throws {
        let list =
            #"{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"worker-0"}}]}"#
        try await StubServer.with { _ in
            .json(list)
        } body: { server in
            try await ControllerClient.with(configuration(server)) { client in
                let page = try await client.list(ResourcePath("v1", "nodes"))
                #expect(page.resourceVersion == "7")
                #expect(page.items == [["kind": "Node", "apiVersion": "v1", "metadata": ["name": "worker-0"]]])
            }
        }
    }

    @Test func handsOnWarnings() async throws {
        let warnings = Mutex<[String]>([])
        let header = ("Warning", #"299 - "unknown field \"spec.x\"""#)
        try await StubServer.with { _ in
            .json("{}", headers: [header])
        } body: { server in
            let warn = { @Sendable (text: String) in warnings.withLock { $0.append(text) } }
            _ = try await ControllerClient.with(configuration(server), warn: warn) { try await $0.get(Self.path) }
        }
        #expect(warnings.withLock { $0 } == [#"unknown field "spec.x""#])
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let answer: StubServer.Answer
        let reason: TransportFailure.Reason
    }

    static let failures = [
        Failure(testDescription: "not JSON", answer: .json("<html>"), reason: .notJSON),
        Failure(testDescription: "too large", answer: .json(String(repeating: " ", count: 5000) + "{}"), reason: .tooLarge),
        Failure(testDescription: "breaks off", answer: .init(chunks: ["{"], ending: .breaks), reason: .interrupted),
        Failure(testDescription: "begins and falls silent", answer: .init(chunks: ["{"], ending: .hangs), reason: .timedOut),
        Failure(testDescription: "never begins", answer: .init(ending: .hangs), reason: .timedOut),
    ]

    @Test(arguments: failures)
    func anAnswerThatIsNoneIsATransportFailure(_ failure: Failure) async throws {
        try await StubServer.with { _ in
            failure.answer
        } body: { server in
            var configuration = configuration(server)
            configuration.requestTimeout = .milliseconds(failure.reason == .timedOut ? 200 : 10_000)
            configuration.responseLimit = 4096
            try await ControllerClient.with(configuration) { client in
                let thrown = await #expect(throws: TransportFailure.self) { try await client.get(Self.path) }
                #expect(thrown?.reason == failure.reason)
            }
        }
    }

    @Test func followsNoRedirect() async throws {
        let redirect = StubServer.Answer(status: 302, headers: [("Location", "/elsewhere")])
        try await StubServer.with {
            $0.uri == "/elsewhere" ? .json("{}") : redirect
        } body: { server in
            try await ControllerClient.with(configuration(server)) { client in
                let failure = await #expect(throws: APIFailure.self) { try await client.get(Self.path) }
                #expect(failure?.code == 302)
            }
        }
    }

    @Test func saysThatNobodyListens() async throws {
        let free = try await StubServer.with({ _ in .init() }, body: { $0.url })
        let client = try ControllerClient(ClientConfiguration(server: free))
        let failure = await #expect(throws: TransportFailure.self) { try await client.get(Self.path) }
        await client.shutdown()
        #expect(failure?.description == "cannot connect to \(free): connection refused")
    }
}
