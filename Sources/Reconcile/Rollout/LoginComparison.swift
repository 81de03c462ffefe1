/// How logins fared before a revision, which those at the revision are compared with.
package struct LoginComparison: Hashable, Sendable {
    /// By provider; only those that the revision has, too. A provider that somebody takes away is meant to refuse.
    package var before: [String: LoginTally]
    /// All tokens, whoever is responsible; nil when somebody took a provider away.
    package var allBefore: LoginTally?

    package init(before: [String: LoginTally], allBefore: LoginTally? = nil) {
        self.before = before
        self.allBefore = allBefore
    }

    /// - Parameters:
    ///   - nodes: whoever has served an earlier revision says how that went; those through which people got in count.
    ///   - revision: the one that has to prove itself.
    ///   - providers: the names of its providers.
    ///   - earlierProviders: those of the last good revision.
    package init(nodes: [WorkerNode], revision: Int64, providers: Set<String>, earlierProviders: Set<String>) {
        before = [:]
        var all = LoginTally()
        for node in nodes {
            let earlier = node.logins.filter { $0.revision < revision }
            let open = Set(earlier.filter { $0.tally.accepted > 0 }.map(\.revision))
            for record in earlier where open.contains(record.revision) {
                all = all + record.tally
                guard providers.contains(record.provider), !record.provider.isEmpty else { continue }
                before[record.provider] = (before[record.provider] ?? LoginTally()) + record.tally
            }
        }
        allBefore = earlierProviders.isSubset(of: providers) ? all : nil
    }
}
