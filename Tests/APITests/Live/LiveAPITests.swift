import Certificates
import Client
import Foundation
import JSON
import ServiceLifecycle
import Testing

@testable import API

/// What only a real connection shows: certificates, watches over the wire, the end.
@Suite(.timeLimit(.minutes(5)))
struct LiveAPITests {
    static let review = ResourcePath(raw: "/apis/authentication.k8s.io/v1/selfsubjectreviews")

    @Test func knowsItsClientsByTheirCertificates() async throws {
        try await LiveAPI.with { api in
            try await ControllerClient.with(try api.administrator()) { client in
                _ = try await client.create(ResourcePath("v1", "nodes"), TestAPI.node("worker-0"))
            }
            for (configuration, name) in [
                (try api.administrator(), "system:admin"), (try api.worker(), "system:node:worker-0"),
            ] {
                try await ControllerClient.with(configuration) { client in
                    // Twice over one connection: the certificate is read once.
                    for _ in 0..<2 {
                        let review = try await client.create(Self.review, ["metadata": [:]])
                        #expect(review.value(at: "status", "userInfo", "username") == .string(name))
                    }
                }
            }
        }
    }

    @Test func refusesAClientWithoutACertificate() async throws {
        try await LiveAPI.with { api in
            var configuration = try api.administrator()
            configuration.credential = .none
            try await ControllerClient.with(configuration) { client in
                _ = await #expect(throws: (any Error).self) { try await client.raw("/version") }
            }
        }
    }

    /// A serving certificate of our own authority is no client certificate.
    @Test func refusesACertificateForAnotherUse() async throws {
        try await LiveAPI.with { api in
            let files = api.certificates.controller
            let configuration = try api.configuration(certificate: files.certificatePath, key: files.keyPath)
            try await ControllerClient.with(configuration) { client in
                _ = await #expect(throws: (any Error).self) { try await client.raw("/version") }
            }
        }
    }

    @Test func aWatchTellsChangesAndEndsWithTheServer() async throws {
        try await LiveAPI.with { api in
            try await ControllerClient.with(try api.administrator()) { client in
                let path = ResourcePath(raw: TestAPI.configMaps)
                var events = client.watch(path, after: nil).makeAsyncIterator()
                _ = try await client.create(path, TestAPI.configMap("a"))
                #expect(try await events.next()?.name == "a")
                let start = ContinuousClock.now
                await api.group.triggerGracefulShutdown()
                while let event = try await events.next() { #expect(event.change == .bookmark) }
                #expect(ContinuousClock.now - start < .seconds(10))
            }
        }
    }
}
