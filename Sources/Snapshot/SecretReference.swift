/// Where a worker finds a secret that a snapshot needs, and which version of it is meant. The secret itself is never in a snapshot.
package struct SecretReference: Codable, Hashable, Sendable {
    /// The name of a `Secret` in the namespace `openshift-config`.
    package var name: String
    /// The entry of its `data`.
    package var key: String
    /// Changes whenever the `Secret` does, so that a changed secret makes a new revision.
    package var version: String

    package init(name: String, key: String, version: String) {
        self.name = name
        self.key = key
        self.version = version
    }
}

extension WorkerSnapshot {
    /// Every secret that is needed to judge by this, without repetitions.
    package var secrets: [SecretReference] {
        var found: [SecretReference] = []
        func add(_ reference: SecretReference) { if !found.contains(reference) { found.append(reference) } }
        if let webhook { add(webhook) }
        for source in issuers.flatMap({ $0.externalClaimsSources ?? [] }) {
            if case .clientCredential(let credential) = source.proof { add(credential.secret) }
        }
        return found
    }
}
