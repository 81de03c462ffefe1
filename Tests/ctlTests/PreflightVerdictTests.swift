import Testing

@testable import ctl

/// What `ctl preflight` makes of the warnings of a dry run.
struct PreflightVerdictTests {
    @Test func passesWithNothingToSay() {
        #expect(PreflightVerdict("a/cluster", warnings: []).isWell)
        #expect(PreflightVerdict("a/cluster", warnings: []).lines == ["a/cluster passed"])
    }

    @Test func passesWithNotes() {
        let verdict = PreflightVerdict("a/cluster", warnings: ["preflight: the certificate ends in 3 days", "an old field"])
        #expect(verdict.isWell)
        #expect(verdict.lines == ["a/cluster passed", "  note: the certificate ends in 3 days", "  note: an old field"])
    }

    @Test func tellsThatNothingCanBeSaid() {
        let verdict = PreflightVerdict("a/cluster", warnings: ["preflight was not run: busy"])
        #expect(verdict.isWell && !verdict.isTried)
        #expect(verdict.lines == ["a/cluster could not be tried:", "  - busy"])
    }

    @Test func tellsAllThatIsWrongBeforeTheNotes() {
        let verdict = PreflightVerdict(
            "a/cluster",
            warnings: ["preflight: x", "preflight failed: no route", "preflight failed: no keys"]
        )
        #expect(!verdict.isWell)
        #expect(verdict.lines == ["a/cluster would not come into force:", "  - no route", "  - no keys", "  note: x"])
    }
}
