import Authenticator
import NIOHTTP1
import Snapshot
import Testing

@testable import Discovery

/// What a provider, or somebody in its place, can answer to hurt the one who asks: attacks 23 to 28 and 30.
@Suite(.timeLimit(.minutes(3)))
struct DiscoveryAttackTests {
    typealias Answer = TestProvider.Answer
    typealias Source = HTTPSProviderSourceTests

    /// Long enough for a busy machine.
    static let limits = HTTPSProviderSource.Limits(time: .seconds(60), size: 4096)
    /// For answers that never come to an end: the time is over long before the size.
    static let shortLimits = HTTPSProviderSource.Limits(time: .milliseconds(1500), size: 1024)

    /// What becomes of a fetch from a provider with these answers; `answers` gets its URL.
    static func outcome(
        _ answers: @escaping @Sendable (String) -> [String: Answer],
        certificateFor host: String = "127.0.0.1",
        trusting other: TestAuthority? = nil,
        limits: HTTPSProviderSource.Limits = limits
    ) async throws -> (url: String, result: Result<ProviderMaterial, ProviderFailure>, asked: [String]) {
        let authority = try TestAuthority()
        var outcome: (String, Result<ProviderMaterial, ProviderFailure>, [String])?
        try await TestProvider.with(certificate: authority.certificate(for: host), answers: answers) { provider in
            let issuer = Source.issuer(provider.url, authority: (other ?? authority).certificatePEM)
            let result = try await Source.fetch(issuer, limits: limits)
            outcome = (provider.url, result, provider.journal.all.map(\.path))
        }
        return try #require(outcome)
    }

    static func keys(_ answer: Answer) -> @Sendable (String) -> [String: Answer] {
        { [Source.wellKnown: Answer(body: Source.document($0)), "/keys": answer] }
    }

    // MARK: 23: too much, too slowly, or not what was announced

    struct Bulk: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let answer: Answer
        var isEndless = false
        let isExpected: @Sendable (ProviderFailure) -> Bool
    }

    static let isUnreachable: @Sendable (ProviderFailure) -> Bool = { if case .unreachable = $0 { true } else { false } }
    static let isMalformed: @Sendable (ProviderFailure) -> Bool = { if case .malformed = $0 { true } else { false } }
    static let isTooLarge: @Sendable (ProviderFailure) -> Bool = { if case .tooLarge = $0 { true } else { false } }

    static func raw(_ head: String, _ body: String = keysText) -> Answer {
        Answer(raw: "HTTP/1.1 200 OK\r\n\(head)\r\n\r\n\(body)")
    }

    static let keysText = #"{"keys":[]}"#

    static let bulk = [
        Bulk(
            testDescription: "100,000 keys",
            answer: Answer(body: "{\"keys\":[" + Array(repeating: "{}", count: 100_000).joined(separator: ",") + "]}"),
            isExpected: isTooLarge
        ),
        Bulk(
            testDescription: "one byte after the other",
            answer: Answer(trickles: true),
            isEndless: true,
            isExpected: isUnreachable
        ),
        Bulk(
            testDescription: "a body without end",
            answer: Answer(body: "{", hangs: true),
            isEndless: true,
            isExpected: isUnreachable
        ),
        Bulk(
            testDescription: "gzip that nobody asked for",
            answer: Answer(headers: [("Content-Encoding", "gzip")], body: keysText),
            isExpected: isMalformed
        ),
        Bulk(
            testDescription: "a coding hidden behind identity",
            answer: Answer(headers: [("Content-Encoding", "identity, br")], body: keysText),
            isExpected: isMalformed
        ),
        Bulk(testDescription: "100 MB announced", answer: raw("Content-Length: 104857600"), isExpected: isTooLarge),
        Bulk(testDescription: "more announced than sent", answer: raw("Content-Length: 900"), isExpected: isUnreachable),
        Bulk(testDescription: "less announced than sent", answer: raw("Content-Length: 5"), isExpected: isMalformed),
        Bulk(
            testDescription: "two lengths",
            answer: raw("Content-Length: 11\r\nContent-Length: 5"),
            isExpected: isUnreachable
        ),
        Bulk(testDescription: "a length below zero", answer: raw("Content-Length: -1"), isExpected: isUnreachable),
        Bulk(
            testDescription: "chunks larger than they say",
            answer: raw("Transfer-Encoding: chunked", "2\r\n" + keysText + "\r\n0\r\n\r\n"),
            isExpected: isUnreachable
        ),
        Bulk(
            testDescription: "too large in chunks",
            answer: raw(
                "Transfer-Encoding: chunked",
                String(repeating: "400\r\n" + String(repeating: " ", count: 1024) + "\r\n", count: 8) + "0\r\n\r\n"
            ),
            isExpected: isTooLarge
        ),
    ]

    @Test("Attack 23: too large, too slow, too many, or not as announced", arguments: bulk)
    func attack23(_ c: Bulk) async throws {
        let outcome = try await Self.outcome(Self.keys(c.answer), limits: c.isEndless ? Self.shortLimits : Self.limits)
        guard case .failure(let failure) = outcome.result else { throw Unexpected("it was accepted") }
        #expect(c.isExpected(failure), "\(failure)")
    }

    @Test("Attack 23: no compression is offered")
    func attack23NothingCompressed() async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: Source.good) { provider in
            _ = try await Source.fetch(Source.issuer(provider.url, authority: authority.certificatePEM)).get()
            #expect(provider.journal.all.map { $0.headers["Accept-Encoding"] } == [["identity"], ["identity"]])
        }
    }

    // MARK: 24: redirects

    static let targets = [
        "http://idp.example/keys", "file:///etc/passwd", "https://169.254.169.254/latest/meta-data/", "https://[::1]/keys",
        "https://127.0.0.1:1/keys", "/keys2", "//evil.example/keys",
    ]

    static let redirects = targets.map { (302, $0) } + [301, 303, 307, 308].map { ($0, targets[0]) }

    @Test("Attack 24: no redirect is followed, and its target is named", arguments: redirects)
    func attack24(status: Int, target: String) async throws {
        let redirect = Answer(status: status, headers: [("Location", target)])
        let ofKeys = try await Self.outcome(Self.keys(redirect))
        #expect(ofKeys.result == .failure(.redirected(url: ofKeys.url + "/keys", status, target: target)))
        #expect(ofKeys.asked == [Source.wellKnown, "/keys"])
        let ofDocument = try await Self.outcome { _ in [Source.wellKnown: redirect] }
        #expect(ofDocument.asked == [Source.wellKnown])
        guard case .failure(.redirected) = ofDocument.result else { throw Unexpected("\(ofDocument.result)") }
    }

    @Test("Attack 24: a redirect's target cannot forge a log line")
    func attack24OneLine() async throws {
        let answer = Answer(
            raw: "HTTP/1.1 302 Found\r\nLocation: https://é\u{2028}\(String(repeating: "x", count: 2000))\r\n\r\n"
        )
        let outcome = try await Self.outcome(Self.keys(answer))
        guard case .failure(.redirected(_, _, let target)) = outcome.result else { throw Unexpected("\(outcome.result)") }
        #expect(target.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(target.count < 600)
    }

    // MARK: 25: an issuer that only looks the same

    static let lookAlikes: [(name: String, change: @Sendable (String) -> String)] = [
        ("a slash more", { $0 + "/" }), ("another case", { $0.replacing("https", with: "HTTPS") }),
        ("percent-encoded", { $0.replacing("127.0.0.1", with: "127%2e0%2e0%2e1") }),
        ("the default port", { $0 + ":443" }), ("a query", { $0 + "?" }), ("a fragment", { $0 + "#" }),
        ("a composed letter", { $0 + "/\u{E9}" }), ("white space", { $0 + " " }), ("nothing", { _ in "" }),
    ]

    @Test("Attack 25: the document must name the issuer byte for byte", arguments: lookAlikes.indices)
    func attack25(index: Int) async throws {
        let change = Self.lookAlikes[index].change
        let outcome = try await Self.outcome { url in
            [Source.wellKnown: Answer(body: Source.document(url, issuer: change(url))), "/keys": Answer(body: Source.keys)]
        }
        guard case .failure(.issuerMismatch(outcome.url, _)) = outcome.result else { throw Unexpected("\(outcome.result)") }
        #expect(outcome.asked == [Source.wellKnown])
    }

    @Test("Attack 25: a composed and a decomposed letter are two issuers")
    func attack25Normalisation() throws {
        let document = Array(#"{"issuer":"https://idp.example/é","jwks_uri":"https://idp.example/keys"}"#.utf8)
        #expect(throws: ProviderFailure.self) {
            try DiscoveryDocument(document, from: "u", issuerURL: "https://idp.example/e\u{301}")
        }
    }

    // MARK: 26: keys from elsewhere

    @Test("Attack 26: keys from another host are told, for whoever configures it to look at")
    func attack26() async throws {
        let authority = try TestAuthority()
        try await TestProvider.with(certificate: authority.certificate(), answers: Source.good) { keys in
            let answers: @Sendable (String) -> [String: Answer] = { [port = keys.port] url in
                [Source.wellKnown: Answer(body: Source.document(url, jwks: "https://127.0.0.1:\(port)/keys"))]
            }
            try await TestProvider.with(certificate: authority.certificate(), answers: answers) { provider in
                let issuer = Source.issuer(provider.url, authority: authority.certificatePEM)
                let material = try await Source.fetch(issuer).get()
                #expect(material.foreignKeyHost == "127.0.0.1:\(keys.port)")
            }
        }
        let own = try await Self.outcome(Source.good).result.get()
        #expect(own.foreignKeyHost == nil)
    }

    static let badPlaces = [
        "http://127.0.0.1/keys", "file:///etc/passwd", "ftp://idp.example/keys", "//idp.example/keys", "/keys", "https://",
        "https:///keys", "https://user:secret@idp.example/keys", "https://idp.example/\\u000d\\u000akeys",
        "https://idp.example/é",
        "",
    ]

    @Test("Attack 26: jwks_uri must be a plain https URL", arguments: badPlaces)
    func attack26Place(place: String) async throws {
        let outcome = try await Self.outcome { url in [Source.wellKnown: Answer(body: Source.document(url, jwks: place))] }
        guard case .failure(let failure) = outcome.result, Self.isMalformed(failure) else {
            throw Unexpected("\(outcome.result)")
        }
        #expect(!"\(failure)".contains("secret"))
    }

    // MARK: 27: somebody else's certificate

    @Test("Attack 27: another authority, another name, and a name with a NUL are not trusted")
    func attack27() async throws {
        let other = try TestAuthority(name: "Other CA")
        for outcome in [
            try await Self.outcome(Source.good, trusting: other),
            try await Self.outcome(Source.good, certificateFor: "idp.example"),
            try await Self.outcome(Source.good, certificateFor: "127.0.0.1\0.evil.example"),
        ] {
            guard case .failure(.untrusted) = outcome.result else { throw Unexpected("\(outcome.result)") }
            #expect(outcome.asked.isEmpty)
        }
    }

    @Test("Attack 27: a certificate that has ended, or has not begun, is not trusted", arguments: [-3600.0, 3600.0])
    func attack27Time(shift: Double) async throws {
        let authority = try TestAuthority()
        let certificate = try authority.certificate(validFrom: shift - 60, to: shift + 60)
        try await TestProvider.with(certificate: certificate, answers: Source.good) { provider in
            let result = try await Source.fetch(Source.issuer(provider.url, authority: authority.certificatePEM))
            guard case .failure(.untrusted) = result else { throw Unexpected("\(result)") }
        }
    }

    // MARK: 28: something else in place of the keys

    static let swapped = [
        "<!doctype html><title>Log in</title>", "", "null", "[]", #""keys""#, #"{"keys":{}}"#, #"{"keys":null}"#,
        #"{"error":"x"}"#, #"{"keys":[],"keys":[]}"#, "\u{FEFF}{\"keys\":[]}",
    ]

    @Test("Attack 28: what is no key set is refused", arguments: swapped)
    func attack28(body: String) async throws {
        let outcome = try await Self.outcome(Self.keys(Answer(body: body)))
        guard case .failure(let failure) = outcome.result, Self.isMalformed(failure) else {
            throw Unexpected("\(outcome.result)")
        }
    }

    // MARK: 30: odd answers

    static let odd = [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 99999999999 x\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n{}", "\r\n\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}", "HTTP/1.1 200 OK\r\n: x\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=-9223372036854775808\r\nAge: 9223372036854775807\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n{}", "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 11\r\n\r\n\(keysText)",
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 11\r\n\r\n\(keysText)",
    ]

    @Test("Attack 30: odd answers end a fetch, and nothing else", arguments: odd.indices)
    func attack30(index: Int) async throws {
        let outcome = try await Self.outcome(Self.keys(Answer(raw: Self.odd[index])))
        guard case .failure = outcome.result else { throw Unexpected("it was accepted") }
    }

    struct Times: CustomTestStringConvertible, Sendable {
        let headers: [(String, String)]
        let maxAge: Int64?
        var testDescription: String { headers.map { "\($0.0): \($0.1)" }.joined(separator: ", ") }
    }

    static let times = [
        Times(headers: [("Cache-Control", "max-age=-9223372036854775808"), ("Age", "9223372036854775807")], maxAge: nil),
        Times(headers: [("Cache-Control", "max-age=99999999999999999999"), ("Age", "-9223372036854775808")], maxAge: .max),
        Times(headers: [("Cache-Control", "max-age=5"), ("Age", "9223372036854775807")], maxAge: 0),
        Times(headers: [("Cache-Control", "max-age=5"), ("Age", "99999999999999999999"), ("Age", "x")], maxAge: 5),
        Times(headers: [("Expires", "Sun, 99 Foo 99999999999 99:99:99 GMT")], maxAge: 0),
        Times(
            headers: [("Expires", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Fri, 31 Dec 9999 23:59:59 GMT")],
            maxAge: 0
        ),
    ]

    @Test("Attack 30: odd times beside good keys end nothing, and are never negative", arguments: times)
    func attack30Times(_ c: Times) async throws {
        let material = try await Self.outcome(Self.keys(Answer(headers: c.headers, body: Self.keysText))).result.get()
        #expect(material.maxAge == c.maxAge)
    }
}

/// A fetch that ended otherwise than it should.
private struct Unexpected: Error {
    let what: String
    init(_ what: String) { self.what = what }
}
