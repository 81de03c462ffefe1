import Schema
import Testing

@testable import Reconcile

/// Who tries a revision that is not proven, when there is more than one that may have such a revision.
struct NewerRevisionTests {
    typealias Case = NextStepTests.Case

    static let cases = [
        Case(
            name: "a newer revision is tried on one of those on their way",
            latest: 10,
            limits: RolloutLimits(maxUnavailable: .count(3)),
            nodes: [.serving("a", 8), .serving("b", 8), .serving("c", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8).going(to: 9), .at("c", 8)],
            expected: .assign("a", 10, .overtaken)
        ),
        Case(
            name: "the others of them keep what they have",
            latest: 10,
            limits: RolloutLimits(maxUnavailable: .count(3)),
            nodes: [.serving("a", 8), .serving("b", 8), .serving("c", 8)],
            statuses: [.at("a", 8).going(to: 10), .at("b", 8).going(to: 9), .at("c", 8)],
            expected: .withdraw("b", 9)
        ),
        Case(
            name: "a newer revision overtakes at once",
            latest: 10,
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 9), .at("b", 8)],
            expected: .assign("a", 10, .overtaken)
        ),
        Case(
            name: "a newer revision un-sticks a failed one",
            latest: 10,
            nodes: [.serving("a", 8, refuses: 9), .serving("b", 8)],
            statuses: [.at("a", 8).failed(9), .at("b", 8)],
            expected: .assign("a", 10, .oldest)
        ),
        Case(
            name: "a newer revision overtakes the way back",
            latest: 10,
            nodes: [.serving("a", 9), .serving("b", 8, refuses: 9)],
            statuses: [.at("a", 9).going(to: 8), .at("b", 8).failed(9)],
            expected: .assign("a", 10, .overtaken)
        ),
        Case(
            name: "of two that may have the same revision, it is tried on the one that was sent to it",
            latest: 10,
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 8), .at("b", 8).going(to: 9)],
            expected: .assign("b", 10, .overtaken)
        ),
        Case(
            name: "who is on the way back may have had it: it tries the newest",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8), .at("b", 8).going(to: 8)],
            expected: .assign("b", 9, .overtaken)
        ),
        Case(
            name: "who was withdrawn is waited for: what it said is older than that, so it may have the revision",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 8), .at("b", 8).failed(9, .installerFailed, at: noon - 10)],
            expected: .wait(until: NextStepTests.silentAt)
        ),
        Case(
            name: "it has said since then what it judges by",
            nodes: [.serving("a", 8), .serving("b", 8)],
            statuses: [.at("a", 8).going(to: 8, since: noon - 4), .at("b", 8)],
            expected: .current("a", 8)
        ),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) { c.check() }

    /// Whoever is withdrawn may have taken the revision just before: it is on its way back until it says that it is there.
    @Test func whoIsWithdrawnGoesBackToWhatAllHaveServed() {
        let state = RolloutState(
            latestRevision: 9,
            lastGoodRevision: 8,
            nodes: [.serving("a", 8)],
            statuses: [.at("a", 8).going(to: 9, since: noon - 40)],
            now: noon
        )
        let withdrawn = state.applying(.withdraw(node: "a", revision: 9)).statuses[0]
        #expect(withdrawn == .at("a", 8).going(to: 8, since: noon, word: 1))
    }
}
