import Authenticator
import Crypto
import Dispatch
import Foundation
import JSON
import NIOHTTP1
import Testing

@testable import Worker

/// `/metrics` as a whole.
struct MetricsEndpointTests {
    let provider = TestProvider()

    private static func sha256(_ text: String) -> String {
        "sha256:" + SHA256.hash(data: Data(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// After one token that was new, the same once more, and one that has expired.
    private func endpoint() throws -> MetricsEndpoint {
        let routes = TestRoutes(try provider.state(revision: 7))
        let token = try provider.token()
        for _ in 0..<2 { _ = try routes.get("/auth/nginx", token: token) }
        _ = try routes.get("/auth/nginx", token: try provider.token { $0["exp"] = 1 })
        var metrics = routes.metrics
        metrics.connections = { 12 }
        metrics.droppedRecords = { 3 }
        metrics.lastKeyFailure = { _ in 1_600_000_000 }
        return metrics
    }

    @Test func hasTheNamesOfKubernetesAndItsOwn() throws {
        let hash = #"jwt_issuer_hash="\#(Self.sha256(TestProvider.issuerURL))""#
        let jwt = "apiserver_authentication_jwt_authenticator"
        let keys = Self.sha256(provider.jwks)
        let expected = [
            #"postern_decisions_total{result="authenticated",reason="",provider="idp",revision="7"} 2"#,
            #"postern_decisions_total{result="refused",reason="expired",provider="idp",revision="7"} 1"#,
            "postern_revision 7", "postern_ready 1", "postern_connections 12", "postern_decision_log_dropped_total 3",
            #"postern_provider_keys{provider="idp"} 1"#, #"postern_provider_unusable_keys{provider="idp"} 0"#,
            #"\#(jwt)_latency_seconds_count{result="success",\#(hash)} 1"#,
            #"\#(jwt)_latency_seconds_count{result="failure",\#(hash)} 1"#,
            #"\#(jwt)_jwks_fetch_last_timestamp_seconds{result="success",\#(hash)} \#(TestProvider.now)"#,
            #"\#(jwt)_jwks_fetch_last_timestamp_seconds{result="failure",\#(hash)} 1600000000"#,
            #"\#(jwt)_jwks_fetch_last_key_set_info{\#(hash),hash="\#(keys)"} 1"#,
            #"authentication_token_cache_request_total{status="hit"} 1"#,
            #"authentication_token_cache_request_total{status="miss"} 2"#, "postern_verified_tokens 1",
        ]
        let lines = Set(try endpoint().text().split(separator: "\n").map(String.init))
        for line in expected { #expect(lines.contains(line), "\(line)") }
    }

    @Test func saysWhyItIsNotReady() throws {
        for state in [WorkerState(), try provider.state(hasKeys: false)] {
            #expect(TestRoutes(state).metrics.text().contains("\npostern_ready 0\n"))
        }
        #expect(TestRoutes().metrics.text().contains("\npostern_revision 0\n"))
    }

    /// Every line is a sample of the family that began last, and no family begins twice.
    @Test func isInTheFormatOfPrometheus() throws {
        var metrics = try endpoint()
        metrics.otherMetrics = { ReloadMetrics(hash: "sha256:0").text }
        let text = metrics.text()
        #expect(text.hasSuffix("\n"))
        var family = ""
        var families: Set<String> = []
        var samples: Set<Substring> = []
        let name = /[a-z][a-z0-9_]*/
        let sample = /([a-z][a-z0-9_]*)(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? -?[0-9.]+(e[+-]?[0-9]+)?/
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let match = line.wholeMatch(of: #/# HELP ([a-z0-9_]+) .+\./#) {
                family = String(match.1)
                #expect(family.wholeMatch(of: name) != nil)
                #expect(families.insert(family).inserted)
            } else if line.hasPrefix("# TYPE ") {
                #expect(line.wholeMatch(of: #/# TYPE ([a-z0-9_]+) (counter|gauge|histogram)/#)?.1 == family[...])
            } else {
                let match = line.wholeMatch(of: sample)
                #expect(
                    match.map { ["", "_bucket", "_sum", "_count"].contains($0.1.dropFirst(family.count)) } == true,
                    "\(line)"
                )
                #expect(line.hasPrefix(family))
                #expect(samples.insert(line.prefix { $0 != " " }).inserted, "\(line)")
            }
        }
        #expect(families.count > 20)
    }

    /// What a token says never becomes a label: there would be no end of them.
    @Test func saysNothingThatTokensSay() throws {
        let routes = TestRoutes(try provider.state())
        let tokens = try [
            provider.token { $0["iss"] = "https://stranger.example" }, provider.token { $0["aud"] = "stranger" },
            provider.token { $0["name"] = "stranger" }, "stranger.stranger.stranger", "stranger",
        ]
        let before = routes.metrics.text().split(separator: "\n").count
        for token in tokens {
            _ = try routes.get("/auth", token: token)
            _ = try routes.review(token, audiences: ["stranger"])
        }
        let text = routes.metrics.text()
        #expect(!text.contains("stranger"))
        let after = text.split(separator: "\n").count
        for index in 0..<50 { _ = try routes.get("/auth", token: "a.b.\(index)") }
        #expect(routes.metrics.text().split(separator: "\n").count <= after + 2)
        #expect(after > before)
    }

    @Test func escapesTheNamesOfProviders() throws {
        let routes = TestRoutes(try provider.state())
        routes.counters.count(.refused(Refusal(.expired, "").of(provider: "a\"b\\c\nd")), revision: 1)
        #expect(routes.metrics.text().contains(#"provider="a\"b\\c\nd""#))
    }

    /// The text is long with many providers: a few may ask at once, and the others again.
    @Test func makesFewAtOnce() async throws {
        let holds = DispatchSemaphore(value: 0)
        var metrics = TestRoutes(try provider.state()).metrics
        metrics.otherMetrics = {
            holds.wait()
            return ""
        }
        let (answers, answered) = AsyncStream.makeStream(of: HTTPResponseStatus.self)
        for _ in 0..<4 {
            guard case .later(let start) = metrics.answer() else {
                Issue.record("an answer at once")
                return
            }
            start { answered.yield($0.status) }
        }
        guard case .now(let refused) = metrics.answer() else {
            Issue.record("a fifth at once")
            return
        }
        #expect(refused.status == .serviceUnavailable)
        for _ in 0..<4 { holds.signal() }
        var statuses: [HTTPResponseStatus] = []
        for await status in answers {
            statuses.append(status)
            if statuses.count == 4 { break }
        }
        #expect(statuses == Array(repeating: .ok, count: 4))
        // There is room again once they are done.
        let deadline = ContinuousClock.now + .seconds(60)
        while case .now = metrics.answer() { try #require(ContinuousClock.now < deadline) }
    }

    // MARK: The documentation

    /// docs/operations.md has a row for each metric, and for nothing else.
    @Test func isDocumented() throws {
        var metrics = try endpoint()
        metrics.otherMetrics = { ReloadMetrics(hash: "sha256:0").text }
        let families = metrics.text().matches(of: #/# TYPE ([a-z0-9_]+) /#).map { String($0.1) }
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/operations.md")
            .standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(text.split(separator: "\n## Metrics\n").last?.split(separator: "\n## ").first)
        let documented = section.split(separator: "\n").compactMap {
            $0.firstMatch(of: /^\| `([a-z0-9_]+)/).map { String($0.1) }
        }
        #expect(documented.sorted() == families.sorted())
    }
}
