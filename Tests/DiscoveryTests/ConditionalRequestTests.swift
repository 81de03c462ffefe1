import Authenticator
import NIOHTTP1
import Testing

@testable import Discovery

/// The second question is only whether anything has changed.
@Suite(.timeLimit(.minutes(1)))
struct ConditionalRequestTests {
    typealias Answer = TestProvider.Answer
    typealias Source = HTTPSProviderSourceTests

    struct Marked: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let given: (String, String)
        let asked: (String, String)
    }

    static let marked = [
        Marked(testDescription: "entity tag", given: ("ETag", #""v1""#), asked: ("If-None-Match", #""v1""#)),
        Marked(testDescription: "weak entity tag", given: ("ETag", #"W/"v1""#), asked: ("If-None-Match", #"W/"v1""#)),
        Marked(
            testDescription: "date",
            given: ("Last-Modified", "Tue, 01 Jul 2025 00:00:00 GMT"),
            asked: ("If-Modified-Since", "Tue, 01 Jul 2025 00:00:00 GMT")
        ),
    ]

    @Test(arguments: marked)
    func nothingIsSentTwice(_ c: Marked) async throws {
        let answers: @Sendable (String) -> [String: Answer] = { url in
            [
                Source.wellKnown: Answer(headers: [c.given], body: Source.document(url), marks: [c.asked]),
                "/keys": Answer(headers: [c.given, ("Cache-Control", "max-age=77")], body: Source.keys, marks: [c.asked]),
            ]
        }
        try await Self.with(answers) { provider, fetch in
            let first = try await fetch(nil)
            let second = try await fetch(first)
            // The keys of before, good for as long as the second answer says.
            #expect(second == first)
            #expect(second.jwks == Source.keys)
            #expect(second.maxAge == 77)
            let asked = provider.journal.all.map { $0.headers[c.asked.0] }
            #expect(asked == [[], [], [c.asked.1], [c.asked.1]])
        }
    }

    @Test func aChangedKeySetIsSent() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { url in
            [
                Source.wellKnown: Answer(
                    headers: [("ETag", "\"d\"")],
                    body: Source.document(url),
                    marks: [("If-None-Match", "\"d\"")]
                ),
                "/keys": Answer(headers: [("ETag", "\"new\"")], body: Source.keys, marks: [("If-None-Match", "\"new\"")]),
            ]
        }
        try await Self.with(answers) { provider, fetch in
            let old = ProviderMaterial(
                jwks: #"{"keys":[{}]}"#,
                signingAlgorithms: ["ES384"],
                validators: .init(
                    document: .init(entityTag: "\"d\""),
                    keySet: .init(entityTag: "\"old\""),
                    keySetURL: provider.url + "/keys"
                )
            )
            let material = try await fetch(old)
            #expect(material.jwks == Source.keys)
            #expect(material.signingAlgorithms == ["ES384"])
            #expect(material.validators?.keySet.entityTag == "\"new\"")
        }
    }

    /// A mark of one place says nothing about another: an attacker's "not changed" there would keep withdrawn keys.
    @Test func marksAreSentOnlyToThePlaceTheyCameFrom() async throws {
        try await Self.with(Source.good) { provider, fetch in
            let old = ProviderMaterial(
                jwks: "{}",
                validators: .init(document: .init(), keySet: .init(entityTag: "\"x\""), keySetURL: provider.url + "/other")
            )
            let material = try await fetch(old)
            #expect(material.jwks == Source.keys)
            #expect(provider.journal.all.allSatisfy { $0.headers["If-None-Match"].isEmpty })
        }
    }

    @Test func notChangedIsNoAnswerToWhoDidNotAsk() async throws {
        let answers: @Sendable (String) -> [String: Answer] = {
            [Source.wellKnown: Answer(body: Source.document($0)), "/keys": Answer(status: 304)]
        }
        try await Self.with(answers) { provider, fetch in
            await #expect(throws: ProviderFailure.unexpectedStatus(url: provider.url + "/keys", 304)) { try await fetch(nil) }
        }
    }

    @Test func aMarkThatIsTooLongIsNone() async throws {
        let answers: @Sendable (String) -> [String: Answer] = { url in
            [
                Source.wellKnown: Answer(body: Source.document(url)),
                "/keys": Answer(headers: [("ETag", String(repeating: "x", count: 257))], body: Source.keys),
            ]
        }
        try await Self.with(answers) { _, fetch in
            let material = try await fetch(nil)
            #expect(material.validators == nil)
        }
    }

    static func with(
        _ answers: @escaping @Sendable (String) -> [String: Answer],
        body: (TestProvider, _ fetch: (ProviderMaterial?) async throws -> ProviderMaterial) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
            let issuer = Source.issuer(provider.url, authority: authority.certificatePEM)
            try await body(provider) { try await Source.fetch(issuer, last: $0).get() }
        }
    }
}
