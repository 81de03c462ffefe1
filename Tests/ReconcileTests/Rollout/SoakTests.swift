import Testing

@testable import Reconcile

/// When a worker has served a revision for long enough; what the logins through it say is in `LoginGateTests`.
struct SoakTests {
    typealias Case = NextStepTests.Case

    static let cases = [
        Case(
            name: "soaking",
            limits: RolloutLimits(soakSeconds: 30),
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9, since: noon - 10), .at("b", 8)],
            expected: .wait(until: noon + 20)
        ),
        Case(
            name: "fell over in the soak, and is back",
            limits: RolloutLimits(soakSeconds: 30),
            nodes: [.serving("a", 9, readySince: noon - 5), .serving("b", 8)],
            statuses: [.at("a", 9, since: noon - 10), .at("b", 8)],
            expected: .failure("a", 9, .installerFailed, keepsTarget: false)
        ),
        Case(
            name: "soaked",
            limits: RolloutLimits(soakSeconds: 30),
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9, since: noon - 30), .at("b", 8)],
            expected: .assign("b", 9, .oldest)
        ),
        Case(
            name: "a clock set back: the soak lasts from now",
            limits: RolloutLimits(soakSeconds: 30),
            nodes: [.serving("a", 9), .serving("b", 8)],
            statuses: [.at("a", 9, since: noon + 3_600), .at("b", 8)],
            expected: .current("a", 9)
        ),
        Case(
            name: "killed by the revision during its soak",
            limits: RolloutLimits(soakSeconds: 30),
            nodes: [.down("a", 9, since: noon - 60), .serving("b", 8)],
            statuses: [.at("a", 9, since: noon - 70), .at("b", 8)],
            expected: .failure("a", 9, .installerFailed, keepsTarget: false)
        ),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) { c.check() }
}
