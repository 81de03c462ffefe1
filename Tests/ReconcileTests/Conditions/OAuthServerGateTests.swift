import Testing

@testable import Reconcile

/// Who is sent to the built-in OAuth server's mode, and when.
struct OAuthServerGateTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var isReady = false
        var createdAt = noon - 10
        var running: Int64 = 2
        var step = Step.assign(node: "a", revision: 3, because: .oldest)
        let waits: Bool
    }

    static let cases = [
        Case(testDescription: "the server does not answer yet", waits: true),
        Case(testDescription: "it answers", isReady: true, waits: false),
        Case(testDescription: "the very first revision", running: 0, waits: true),
        Case(testDescription: "it has not come for as long as it is waited for", createdAt: noon - 60, waits: false),
        Case(testDescription: "the worker needs it already", running: 1, waits: false),
        Case(
            testDescription: "another mode",
            step: .assign(node: "a", revision: 2, because: .oldest),
            waits: false
        ),
        Case(
            testDescription: "the way back",
            step: .assign(node: "a", revision: 1, because: .revisionFailed),
            waits: false
        ),
        Case(testDescription: "something else is done", step: .recordCurrent(node: "a", revision: 3), waits: false),
        Case(testDescription: "nothing is to be done", step: .settled, waits: false),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let state = RolloutState(
            latestRevision: 3,
            lastGoodRevision: 2,
            nodes: [.serving("a", c.running)],
            statuses: [.at("a", c.running)],
            now: noon
        )
        let modes: [Int64: String] = [1: "IntegratedOAuth", 2: "OIDC", 3: "IntegratedOAuth"]
        let step = OAuthServerGate(isReady: c.isReady, modes: modes, createdAt: c.createdAt).admit(c.step, state)
        let wait = Step.Wait(
            reason: "revision 3 waits for the built-in OAuth server to answer",
            until: noon,
            deadline: c.createdAt + 60
        )
        #expect(step == (c.waits ? .wait(wait) : c.step))
    }
}
