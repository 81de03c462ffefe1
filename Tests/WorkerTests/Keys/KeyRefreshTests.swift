import Atomics
import Authenticator
import JSON
import Logging
import Snapshot
import Testing

@testable import Worker

/// Keys over hours and days, by a clock that only the tests move.
@Suite(.timeLimit(.minutes(3)))
struct KeyRefreshTests {
    private let old = TestSigner("old")
    private let new = TestSigner("new")
    private let url = RefreshBench.issuerURL

    // MARK: Rotation

    @Test func aRotationWithANextKeyRefusesNobody() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.turn()
        #expect(try bench.refusal(of: old) == nil)
        bench.providers.publish(TestSigner.set(old, new), of: url)
        await bench.pass(300)
        #expect(try bench.refusal(of: old) == nil)
        #expect(try bench.refusal(of: new) == nil)
    }

    @Test func aKeyThatIsUsedAtOnceIsLearntFromItsFirstToken() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 100_000)
        await bench.turn()
        bench.providers.publish(TestSigner.set(old, new), of: url)
        #expect(try bench.refusal(of: new) == .keyUnknown)
        await bench.turn()
        #expect(try bench.refusal(of: new) == nil)
        #expect(bench.providers.asked(url) == 2)
    }

    /// Nobody can say that a token is bad while the provider may have its key.
    @Test func aKeyMayBeThereUntilALookHasShownThatItIsNot() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 100_000)
        await bench.turn()
        #expect(bench.refresh.sawUnknownKey("new", of: url))
        await bench.turn()
        #expect(!bench.refresh.sawUnknownKey("new", of: url))
        // Within the cool-down nobody has looked for this one.
        #expect(bench.refresh.sawUnknownKey("other", of: url))
        await bench.pass(20)
        #expect(bench.refresh.sawUnknownKey("other", of: url))
        await bench.pass(20)
        #expect(!bench.refresh.sawUnknownKey("other", of: url))
        await bench.pass(KeyLookout.memory)
        #expect(bench.refresh.sawUnknownKey("new", of: url))
    }

    @Test func aProviderThatDoesNotAnswerMayHaveTheKey() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 100_000)
        await bench.turn()
        bench.providers.fail(url)
        for _ in 0..<5 {
            #expect(bench.refresh.sawUnknownKey("new", of: url))
            await bench.pass(31)
        }
        let status = bench.refresh.providerStatus(of: bench.live.load())[0]
        #expect(status["lastError"] == "https://idp.example/0 cannot be reached: connection refused")
    }

    @Test func aWithdrawnKeyIsKnownToBeGone() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old, new), of: url)
        await bench.turn()
        bench.providers.publish(TestSigner.set(new), of: url)
        await bench.pass(300)
        #expect(try bench.refusal(of: old) == .keyUnknown)
        #expect(!bench.refresh.sawUnknownKey("old", of: url))
    }

    @Test func keysWithoutANameAndIssuersOfNobodyAreNotWaitedFor() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.turn()
        #expect(!bench.refresh.sawUnknownKey(nil, of: url))
        #expect(!bench.refresh.sawUnknownKey("new", of: "https://nobody.example"))
    }

    @Test func anotherKeyOfTheSameNameIsLearntToo() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.turn()
        let namesake = TestSigner("old")
        bench.providers.publish(TestSigner.set(namesake), of: url)
        #expect(try bench.refusal(of: namesake) == .signatureInvalid)
        await bench.turn()
        #expect(try bench.refusal(of: namesake) == nil)
        #expect(try bench.refusal(of: old) == .signatureInvalid)
    }

    // MARK: Failures

    @Test func aFailureDeletesNothingForADay() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.turn()
        bench.providers.fail(url)
        for _ in 0..<24 {
            #expect(try bench.refusal(of: old) == nil)
            await bench.jump(3600)
        }
        #expect(bench.now == RefreshBench.start + RefreshPlan.staleKeyMax)
        await bench.pass(62)
        #expect(try bench.refusal(of: old) == .providerUnavailable)
        // And back again, as soon as the provider answers.
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.pass(60)
        #expect(try bench.refusal(of: old) == nil)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let jwks: String
    }

    static let bad = [
        Bad(testDescription: "an empty set", jwks: #"{"keys":[]}"#),
        Bad(testDescription: "nothing but shared secrets", jwks: #"{"keys":[{"kty":"oct","kid":"old","k":"AAAA"}]}"#),
        Bad(
            testDescription: "too many keys",
            jwks: "{\"keys\":[" + Array(repeating: "{}", count: 513).joined(separator: ",") + "]}"
        ),
        Bad(testDescription: "no key set", jwks: "<html>"),
    ]

    @Test("Attacks 23 and 28: an answer without usable keys replaces nothing", arguments: bad)
    func keepsWhatItHas(_ c: Bad) async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url)
        await bench.turn()
        bench.providers.publish(c.jwks, of: url)
        await bench.pass(300)
        #expect(bench.providers.asked(url) >= 2)
        #expect(try bench.refusal(of: old) == nil)
        let status = bench.refresh.providerStatus(of: bench.live.load())[0]
        #expect(status["keys"] == 1)
        #expect(status["lastError"]?.stringValue?.isEmpty == false)
    }

    // MARK: Asking whether anything has changed

    @Test func whatIsHeldIsToldToTheProvider() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, mark: "\"1\"")
        await bench.turn()
        await bench.pass(300)
        let known = bench.providers.known(url)
        #expect(known.map { $0?.validators?.keySet.entityTag } == [nil, "\"1\""])
        #expect(bench.live.load().keys[url]?.seed?.fetchedAt == RefreshBench.start + 300)
    }

    @Test func onceADayEverythingIsAskedFor() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 900, mark: "\"1\"")
        await bench.turn()
        for _ in 0..<(2 * 96) { await bench.jump(900) }
        let whole = bench.providers.known(url).enumerated().filter { $0.element == nil }.map(\.offset)
        #expect(whole == [0, 96, 192])
    }

    @Test func keysOnAnotherHostAreToldOnce() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 60, host: "keys.example")
        await bench.turn()
        let count = bench.lines.count.load(ordering: .relaxed)
        #expect(count == 1)
        #expect(bench.refresh.providerStatus(of: bench.live.load())[0]["keyHost"] == "keys.example")
        await bench.pass(300)
        #expect(bench.providers.asked(url) == 6)
        #expect(bench.lines.count.load(ordering: .relaxed) == count)
    }

    // MARK: Many issuers

    @Test func aProviderThatHangsChangesNothingForTheOthers() async throws {
        let bench = try RefreshBench(issuers: 3)
        defer { bench.folder.remove() }
        let (hanging, good) = ("https://idp.example/0", ["https://idp.example/1", "https://idp.example/2"])
        bench.providers.hang(hanging)
        for issuer in good { bench.providers.publish(TestSigner.set(old), of: issuer) }
        try await bench.running {
            for issuer in good {
                try await eventually("keys of \(issuer)") { try bench.refusal(of: old, issuer: issuer) == nil }
            }
            #expect(bench.providers.asked(hanging) == 1)
            // A rotation at one that answers, while the other still hangs.
            bench.providers.publish(TestSigner.set(new), of: good[0])
            try await eventually("the new key") { try bench.refusal(of: new, issuer: good[0]) == nil }
            #expect(try bench.refusal(of: old, issuer: good[0]) == .keyUnknown)
            #expect(try bench.refusal(of: old, issuer: hanging) == .providerUnavailable)
            #expect(bench.providers.asked(hanging) == 1)
        }
    }

    @Test func thousandsOfIssuersAreFetchedAFewAtATimeAndWrittenTogether() async throws {
        let count = 1000
        let bench = try RefreshBench(issuers: count)
        defer { bench.folder.remove() }
        let keys = TestSigner.set(old)
        for number in 0..<count { bench.providers.publish(keys, of: "https://idp.example/\(number)") }
        try await bench.running {
            try await eventually("all keys are there") {
                let state = bench.live.load()
                guard state.keys["https://idp.example/\(count - 1)"] != nil else { return false }
                return state.snapshot?.issuers.allSatisfy { state.keys[$0.issuerURL] != nil } == true
            }
        }
        #expect(bench.providers.mostAtOnce <= RefreshSchedule.places)
        #expect(bench.providers.mostAtOnce > 1)
        let kept = try #require(try bench.lastGood.load())
        #expect(kept.snapshot.issuers.allSatisfy { $0.seed?.jwks == keys })
    }

    // MARK: On disk

    @Test func otherKeysAreWrittenSoonAndTheSameKeysSeldom() async throws {
        let bench = try RefreshBench()
        defer { bench.folder.remove() }
        let record = KeyRecord(live: bench.live, file: bench.lastGood, logger: .init(label: "test"))
        func fetchedAt() throws -> Int64? { try bench.lastGood.load()?.snapshot.issuers[0].seed?.fetchedAt }
        bench.providers.publish(TestSigner.set(old), of: url, maxAge: 60)
        await bench.turn()
        record.changed()
        record.writeIfDue(now: 1000)
        #expect(try fetchedAt() == RefreshBench.start)
        await bench.pass(60)
        record.confirmed()
        record.writeIfDue(now: 1299)
        #expect(try fetchedAt() == RefreshBench.start)
        record.changed()
        record.writeIfDue(now: 1299)
        #expect(try fetchedAt() == RefreshBench.start + 60)
        await bench.pass(60)
        record.confirmed()
        record.writeIfDue(now: 1598)
        #expect(try fetchedAt() == RefreshBench.start + 60)
        record.writeIfDue(now: 1599)
        #expect(try fetchedAt() == RefreshBench.start + 120)
    }
}
