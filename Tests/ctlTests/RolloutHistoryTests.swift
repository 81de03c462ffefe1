import JSON
import Testing

@testable import ctl

struct RolloutHistoryTests {
    private static let oidc: JSONValue = ["type": "OIDC", "oidcProviders": [["name": "a"]]]

    private static let history = RolloutHistory(
        revisions: [
            Samples.revision(
                10,
                mode: "IntegratedOAuth",
                cause: "spec.type changed",
                spec: ["type": ""],
                created: "2026-03-01T11:58:00Z"
            ),
            Samples.revision(1, mode: "IntegratedOAuth", cause: "first revision", spec: [:], created: "2026-02-20T12:00:00Z"),
            Samples.revision(9, mode: "OIDC", cause: "new\nprovider", spec: oidc, created: "2026-03-01T10:00:00Z"),
        ],
        rollout: RolloutView(
            kubeAPIServer: Samples.kubeAPIServer(
                latest: 10,
                [("worker-0", 10, 0, nil), ("worker-1", 9, 10, nil), ("worker-2", 9, 0, nil)]
            ),
            nodes: [],
            authentication: [:]
        )
    )

    @Test func listsAllWithWhoAndWhy() throws { try Golden.expect(Self.history.text(now: Samples.now), "rollout-history") }

    @Test func undoGoesToTheNewestOtherConfiguration() {
        #expect(Self.history.target(undoing: ["type": ""])?.revision == 9)
        #expect(Self.history.target(undoing: Self.oidc)?.revision == 10)
        // A configuration that never became a revision is undone to the one that runs.
        #expect(Self.history.target(undoing: ["type": "OIDC"])?.revision == 10)
        #expect(
            RolloutHistory(revisions: [], rollout: RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:])).target(
                undoing: [:]) == nil
        )
    }

    /// What came back by itself must not be brought back by undo.
    @Test func undoDoesNotGoToWhatNobodyConfirmed() {
        func revision(_ number: Int64, _ type: String, _ annotations: JSONValue) -> JSONValue {
            [
                "metadata": ["annotations": annotations],
                "spec": ["revision": .integer(number), "authentication": ["type": .string(type)]],
            ]
        }
        let asked: JSONValue = ["postern.dev/confirm-by": "2026-01-01T00:00:00Z"]
        let granted: JSONValue = [
            "postern.dev/confirm-by": "2026-01-01T00:00:00Z", "postern.dev/confirmed-at": "2026-01-01T00:00:00Z",
        ]
        func target(_ annotations: JSONValue) -> Int64? {
            RolloutHistory(
                revisions: [revision(1, "", [:]), revision(2, "OIDC", annotations), revision(3, "None", [:])],
                rollout: RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:])
            ).target(undoing: ["type": "None"])?.revision
        }
        #expect(target(asked) == 1)
        #expect(target(granted) == 2)
    }

    /// What failed must not be brought to all workers by whoever wants to go back.
    @Test func undoGoesToWhatWasGood() {
        func target(_ phases: [String?]) -> Int64? {
            let revisions = phases.enumerated().map { index, phase -> JSONValue in
                var revision: JSONValue = [
                    "spec": ["revision": .integer(Int64(index + 1)), "authentication": ["type": .string("\(index)")]]
                ]
                revision["status"] = phase.map { ["phase": .string($0)] }
                return revision
            }
            let rollout = RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:])
            return RolloutHistory(revisions: revisions, rollout: rollout).target(undoing: ["type": "x"])?.revision
        }
        #expect(target(["Good", "Failed"]) == 1)
        #expect(target(["Good", "Failed", nil]) == 1)
        #expect(target([nil, "Failed"]) == 1)
        #expect(target(["Failed"]) == nil)
        #expect(target(["Good", "Good"]) == 2)
    }

    // MARK: - diff

    @Test func showsWhatChangedFromOneToAnother() throws {
        try Golden.expect(RolloutDiff.difference([], in: Self.history), "rollout-diff")
        #expect(try RolloutDiff.difference([9], in: Self.history) == RolloutDiff.difference([], in: Self.history))
        #expect(try RolloutDiff.difference([9, 9], in: Self.history) == "")
        let text = try RolloutDiff.difference([10, 1], in: Self.history)
        #expect(text.contains("--- revision 10, ") && text.contains("+++ revision 1, "), "\(text)")
    }

    @Test func doesNotCompareWhatThereIsNot() {
        for wanted in [[Int64(2)], [1, 11]] {
            #expect(throws: CommandFailure.self) { try RolloutDiff.difference(wanted, in: Self.history) }
        }
        let empty = RolloutHistory(revisions: [], rollout: RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:]))
        #expect(throws: CommandFailure.self) { try RolloutDiff.difference([], in: empty) }
        let one = RolloutHistory(
            revisions: [Samples.revision(1, mode: "None", cause: "first revision", spec: [:], created: "2026-02-20T12:00:00Z")],
            rollout: RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:])
        )
        #expect(throws: CommandFailure.self) { try RolloutDiff.difference([], in: one) }
    }

    /// The keys of a provider come and go by themselves, and every revision has another number.
    @Test func leavesOutWhatNobodyChanged() throws {
        func revision(_ number: Int64, authority: String, keys: String) throws -> RolloutHistory.Entry {
            var object = Samples.revision(number, mode: "OIDC", cause: "c", spec: Self.oidc, created: "2026-02-20T12:00:00Z")
            object["spec"]?["snapshot"] = [
                "revision": .integer(number),
                "issuers": [["name": "a", "certificateAuthority": .string(authority), "seed": ["jwks": .string(keys)]]],
            ]
            let history = RolloutHistory(
                revisions: [object],
                rollout: RolloutView(kubeAPIServer: [:], nodes: [], authentication: [:])
            )
            return try #require(history.entries.first)
        }
        let first = try revision(1, authority: "x", keys: "1")
        #expect(try first.comparable == revision(2, authority: "x", keys: "2").comparable)
        #expect(try first.comparable != revision(2, authority: "y", keys: "1").comparable)
    }

    @Test func aRestartHasAReasonOfItsOwnEachTime() {
        #expect(RolloutRestart.reason(nil, at: 1_772_366_400) == "restarted at 2026-03-01T12:00:00Z")
        #expect(RolloutRestart.reason("new keys", at: 1_772_366_400) == "new keys at 2026-03-01T12:00:00Z")
    }

    @Test func undoReplacesTheWholeConfiguration() throws {
        let entry = try #require(Self.history[1])
        let current: JSONValue = [
            "kind": "Authentication",
            "metadata": ["name": "cluster", "resourceVersion": "7", "annotations": ["x": "y"], "managedFields": []],
            "spec": Self.oidc, "status": ["conditions": []],
        ]
        #expect(
            RolloutUndo.restored(current, entry) == [
                "kind": "Authentication", "spec": [:],
                "metadata": [
                    "name": "cluster", "resourceVersion": "7",
                    "annotations": ["x": "y", "kubernetes.io/change-cause": "rollback to revision 1"],
                ],
            ]
        )
    }
}
