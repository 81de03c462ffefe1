import Atomics
import Authenticator
import JSON
import Logging
import Testing

@testable import Worker

struct DecisionLogTests {
    private static func record(_ decision: Decision) -> DecisionLog.Record {
        DecisionLog.Record(id: DecisionID(value: 0xFF), endpoint: "auth", revision: 3, outcome: .init(decision))
    }

    @Test func tellsWhoWasAccepted() throws {
        let provider = TestProvider()
        let token = try provider.token()
        let decision = try #require(try provider.state(revision: 3).judge(Array(token.utf8), now: TestProvider.now))
        let metadata = DecisionLog.metadata(Self.record(decision))
        #expect(
            metadata == [
                "id": "00000000000000ff", "endpoint": "auth", "revision": "3", "result": "authenticated", "provider": "idp",
                "user": "idp:jane",
                "kid": "\"k1\"",
            ]
        )
    }

    @Test func tellsWhyNot() throws {
        let provider = TestProvider()
        let token = try provider.token { $0["exp"] = 5 }
        let decision = try #require(try provider.state().judge(Array(token.utf8), now: TestProvider.now))
        let metadata = DecisionLog.metadata(Self.record(decision))
        #expect(metadata["result"] == "refused")
        #expect(metadata["reason"] == "expired")
        #expect(metadata["provider"] == "idp")
        for part in token.split(separator: ".") { #expect(!"\(metadata)".contains(part)) }
    }

    @Test func dropsWhatItCannotKeep() async {
        let lines = Lines()
        let log = DecisionLog(logger: Logger(label: "test") { _ in lines }, limit: 2)
        let record = Self.record(.notMine(Refusal(.malformed, "")))
        #expect(log.add(record))
        #expect(log.add(record))
        #expect(!log.add(record))
        log.finish()
        await log.write()
        #expect(lines.count.load(ordering: .relaxed) == 2)
    }
}
