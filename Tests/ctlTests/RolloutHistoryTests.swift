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
