import JSON
import Testing

@testable import Reconcile

/// A change that is undone unless somebody confirms it.
struct RevisionConfirmationTests {
    private static func revision(_ annotations: JSONValue, mode: String = "OIDC") -> JSONValue {
        ["metadata": ["annotations": annotations], "spec": ["revision": 9, "mode": .string(mode)]]
    }

    private static let asked: JSONValue = ["postern.dev/confirm-by": "1970-01-01T00:10:00Z", "postern.dev/revert-to": "8"]
    private static let confirmed: JSONValue = [
        "postern.dev/confirm-by": "1970-01-01T00:10:00Z", "postern.dev/revert-to": "8", "postern.dev/confirmed-by": "jane",
    ]

    private static func node(loginAt revision: Int64?, provider: String = "idp", accepted: Int64 = 1) -> WorkerNode {
        var node = WorkerNode.serving("a", 9)
        node.logins =
            revision.map { revision in
                let tally = LoginTally(accepted: accepted, total: 5)
                return [LoginRecord(provider: provider, revision: revision, seconds: 300, tally: tally)]
            } ?? []
        return node
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var annotations = RevisionConfirmationTests.confirmed
        var mode = "OIDC"
        var node = RevisionConfirmationTests.node(loginAt: 9)
        var now: Int64 = 599
        let state: RevisionConfirmation.State
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nobody has confirmed it", annotations: asked, state: .pending),
        Case(name: "nobody has confirmed it in time", annotations: asked, now: 600, state: .overdue),
        Case(name: "confirmed, and somebody has logged in", state: .granted),
        Case(name: "confirmed, and somebody has logged in, seen late", now: 700, state: .granted),
        Case(name: "confirmed, and nobody has logged in", node: node(loginAt: nil), state: .pending),
        Case(name: "confirmed, and nobody has logged in in time", node: node(loginAt: nil), now: 600, state: .overdue),
        Case(name: "a login at another revision", node: node(loginAt: 8), state: .pending),
        Case(name: "a refused login", node: node(loginAt: 9, accepted: 0), state: .pending),
        Case(name: "nobody's token", node: node(loginAt: 9, provider: ""), state: .pending),
        Case(name: "mode None needs no login", mode: "None", node: node(loginAt: nil), state: .granted),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) throws {
        let confirmation = try #require(RevisionConfirmation(of: Self.revision(c.annotations, mode: c.mode)))
        #expect(confirmation.state(nodes: [c.node], now: c.now) == c.state)
    }

    @Test func thereIsNoneWithoutARequestOrOnceItIsGranted() {
        #expect(RevisionConfirmation(of: Self.revision([:])) == nil)
        #expect(RevisionConfirmation(of: Self.revision(["postern.dev/confirm-within": "60 x"])) == nil)
        #expect(
            RevisionConfirmation(of: Self.revision(["postern.dev/confirm-by": "soon", "postern.dev/revert-to": "8"])) == nil
        )
        var granted = Self.confirmed
        granted["postern.dev/confirmed-at"] = "1970-01-01T00:00:09Z"
        #expect(RevisionConfirmation(of: Self.revision(granted)) == nil)
    }

    @Test(
        arguments: [
            (nil, [], 8, [:]),
            ("60 x", [], 8, ["within": "60 x", "by": "1970-01-01T00:02:40Z", "to": "8"]),
            ("60 x", ["60 y"], 8, ["within": "60 x", "by": "1970-01-01T00:02:40Z", "to": "8"]),
            ("60 x", ["60 y", "60 x"], 8, ["within": "60 x"]),
            ("60 x", [], 0, ["within": "60 x"]),
            ("soon x", [], 8, ["within": "soon x"]),
            ("1 x", [], 8, ["within": "1 x", "by": "1970-01-01T00:01:50Z", "to": "8"]),
            ("9223372036854775807 x", [], 8, ["within": "9223372036854775807 x", "by": "1970-01-02T00:01:40Z", "to": "8"]),
        ] as [(String?, [String?], Int64, [String: String])]
    )
    func asksOnceForEachRequest(request: String?, spent: [String?], good: Int64, expected: [String: String]) {
        let names = [
            "within": "postern.dev/confirm-within", "by": "postern.dev/confirm-by", "to": "postern.dev/revert-to",
        ]
        let annotations = RevisionConfirmation.annotations(for: request, spent: spent, good: good, now: 100)
        #expect(annotations == Dictionary(uniqueKeysWithValues: expected.map { (names[$0.key] ?? "", $0.value) }))
    }

    @Test func tellsPeopleWhatToDo() throws {
        let asked = try #require(RevisionConfirmation(of: Self.revision(Self.asked)))
        #expect(
            asked.sentence
                == "revision 9 has to be confirmed (ctl rollout confirm), and somebody has to log in through it, or the configuration of "
                + "revision 8 comes back at 1970-01-01T00:10:00Z"
        )
        let confirmed = try #require(RevisionConfirmation(of: Self.revision(Self.confirmed)))
        #expect(confirmed.sentence.hasPrefix("jane has confirmed revision 9, and somebody has to log in through it, or the "))
    }
}
