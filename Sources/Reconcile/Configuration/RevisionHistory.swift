import Schema

/// Which old revisions are kept: what a worker runs or may return to, and some before each of those.
package struct RevisionHistory: Sendable {
    package var latestRevision: Int64
    package var lastGoodRevision: Int64
    package var statuses: [NodeStatus]
    /// What comes back unless the newest is confirmed; 0: nothing.
    package var revertTo: Int64
    /// As in `KubeAPIServer.spec`: -1 all, 0 or nil 5.
    package var succeededLimit: Int?
    package var failedLimit: Int?

    package init(
        latestRevision: Int64,
        lastGoodRevision: Int64,
        statuses: [NodeStatus],
        revertTo: Int64 = 0,
        succeededLimit: Int? = nil,
        failedLimit: Int? = nil
    ) {
        self.latestRevision = latestRevision
        self.lastGoodRevision = lastGoodRevision
        self.statuses = statuses
        self.revertTo = revertTo
        self.succeededLimit = succeededLimit
        self.failedLimit = failedLimit
    }

    /// The revisions of `existing` that nobody needs any more, oldest first.
    package func expired(among existing: [Int64]) -> [Int64] {
        let isSettled = statuses.allSatisfy { $0.currentRevision == latestRevision }
        if succeededLimit == -1 || (failedLimit == -1 && !isSettled) { return [] }
        let succeeded = Self.limit(succeededLimit)
        let failed = Self.limit(failedLimit)
        var kept: Set<Int64> = []
        func keep(_ revision: Int64, _ count: Int64) {
            guard revision > 0, count > 0 else { return }
            kept.formUnion(max(1, revision - count + 1)...revision)
        }
        keep(latestRevision, isSettled ? 1 : max(failed, succeeded))
        keep(lastGoodRevision, succeeded)
        keep(revertTo, 1)
        for status in statuses {
            keep(status.currentRevision, succeeded)
            keep(status.targetRevision, max(failed, succeeded))
            keep(status.lastFailure?.revision ?? 0, failed)
        }
        return existing.filter { $0 < latestRevision && !kept.contains($0) }.sorted()
    }

    /// Bounded, because the kept revisions are counted one by one.
    private static func limit(_ limit: Int?) -> Int64 {
        guard let limit, limit > 0 else { return 5 }
        return Int64(min(limit, 10_000))
    }
}
