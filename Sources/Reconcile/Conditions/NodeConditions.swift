import JSON
package import Schema

/// The conditions of `KubeAPIServer.status` that tell of the workers, in the words of OpenShift's static pod operators.
package struct NodeConditions: Sendable {
    package var latestRevision: Int64
    package var members: [RolloutState.Member]
    package var watchedSince: Int64
    package var now: Int64
    /// The newest revision was announced, and somebody has removed its object: nobody can take it up.
    package var isLatestMissing: Bool

    package init(_ state: RolloutState, isLatestMissing: Bool = false) {
        latestRevision = state.latestRevision
        members = state.members
        watchedSince = state.watchedSince
        now = state.now
        self.isLatestMissing = isLatestMissing
    }

    package var all: [Condition] { [available, progressing, degraded, installer, nodes] }

    /// `2 nodes are at revision 8; 1 node is at revision 10`
    package var description: String {
        let counts = Dictionary(grouping: members, by: \.status.currentRevision).mapValues(\.count)
        var parts = counts.sorted { $0.key < $1.key }.map { revision, count in
            "\(count) node\(count == 1 ? " is" : "s are") at revision \(revision)"
        }
        if isProgressing, counts[latestRevision] == nil { parts.append("0 nodes have achieved new revision \(latestRevision)") }
        return parts.joined(separator: "; ")
    }

    package var isProgressing: Bool { members.contains { $0.status.currentRevision != latestRevision } }

    private var available: Condition {
        let count = members.count { $0.status.currentRevision != 0 }
        return Condition(
            type: "StaticPodsAvailable",
            status: count > 0 ? .true : .false,
            reason: count > 0 ? "" : "ZeroNodesActive",
            message: "\(count) nodes are active; \(description)"
        )
    }

    private var progressing: Condition {
        Condition(
            type: "NodeInstallerProgressing",
            status: isProgressing ? .true : .false,
            reason: isProgressing ? "" : "AllNodesAtLatestRevision",
            message: description
        )
    }

    /// OpenShift tells a failure as long as the worker's target is the revision that failed. Here the worker goes back at once, so a
    /// failure of the newest revision is told until a newer one takes its place.
    private var degraded: Condition {
        let current = members.map(\.status).filter { status in
            status.lastFailure.map { $0.revision == status.targetRevision || $0.revision == latestRevision } ?? false
        }
        let failures = Dictionary(grouping: current.compactMap(\.lastFailure), by: \.revision)
        guard !failures.isEmpty else {
            return Condition(type: "NodeInstallerDegraded", status: .false, reason: "", message: "")
        }
        let texts = failures.sorted { $0.key < $1.key }.map { revision, failures in
            "\(failures.count) nodes are failing on revision \(revision):\n"
                + failures.flatMap(\.errors).joined(separator: "\n")
        }
        return Condition(
            type: "NodeInstallerDegraded",
            status: .true,
            reason: "InstallerPodFailed",
            message: texts.joined(separator: "; ")
        )
    }

    private var installer: Condition {
        let name = AuthenticationRevision.name(of: latestRevision)
        return Condition(
            type: "InstallerControllerDegraded",
            status: isLatestMissing ? .true : .false,
            reason: isLatestMissing ? "Error" : "AsExpected",
            message: isLatestMissing ? "missing required resources: [authenticationrevisions: \(name)]" : ""
        )
    }

    private var nodes: Condition {
        let down = members.compactMap { member -> String? in
            guard let since = member.node.downSince(now: now, watchedSince: watchedSince) else { return nil }
            let node = member.node
            let reason = node.isReady ? SilentNodes.reason : node.readyReason.isEmpty ? "NotReady" : node.readyReason
            let message = node.isReady ? SilentNodes.message : node.readyMessage
            let time = Timestamp.text(of: since).replacing("T", with: " ").replacing("Z", with: " +0000 UTC")
            return "node \"\(node.name)\" not ready since \(time) because \(reason) (\(message))"
        }
        return Condition(
            type: "NodeControllerDegraded",
            status: down.isEmpty ? .false : .true,
            reason: "MasterNodesReady",
            message: down.isEmpty
                ? "All master nodes are ready" : "The master nodes not ready: \(down.joined(separator: ", "))"
        )
    }
}
