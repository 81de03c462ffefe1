import Schema
import Testing

@testable import Reconcile

/// What an event says when the status of a cluster operator changes.
struct OperatorEventTests {
    private static func condition(_ type: String, _ status: Condition.Status, _ message: String = "m") -> Condition {
        Condition(type: type, status: status, reason: "R", message: message)
    }

    @Test func tellsWhichStatusesAreOthers() {
        let before = [Self.condition("Available", .unknown), Self.condition("Degraded", .false, "old")]
        let after = [
            Self.condition("Available", .true, "All is well"), Self.condition("Degraded", .false, "new"),
            Self.condition("Progressing", .true, "1 node is at revision 2"),
        ]
        #expect(
            StatusLoop.change(from: before, to: after)
                == #"Available changed from Unknown to True ("All is well"),Progressing set to True ("1 node is at revision 2")"#
        )
    }

    @Test func staysOnOneLine() {
        let after = [Self.condition("Degraded", .true, "A: failed:\nA: \"x\" in C:\\y\t!")]
        #expect(
            StatusLoop.change(from: [], to: after) == #"Degraded set to True ("A: failed:\nA: \"x\" in C:\\y\t!")"#
        )
    }

    @Test func isSilentAboutWordsAlone() {
        #expect(
            StatusLoop.change(from: [Self.condition("Degraded", .false, "a")], to: [Self.condition("Degraded", .false, "b")])
                == nil
        )
        #expect(StatusLoop.change(from: [], to: []) == nil)
    }
}
