/// One worker as its `Node` object shows it.
///
/// Times are seconds since 1970. A worker says what it runs; only the controller says what it should run (`NodeStatus`).
package struct WorkerNode: Hashable, Sendable {
    package var name: String
    /// The `Ready` condition is `True`: the worker answers callers.
    package var isReady: Bool
    /// When `isReady` last changed; the node's creation when it has no condition yet.
    package var readyChangedAt: Int64
    package var readyReason: String
    package var readyMessage: String
    /// The worker's last sign of life.
    package var heartbeatAt: Int64
    /// The revision it judges tokens by; 0: none.
    package var running: Int64
    /// The `targetGeneration` that it has read last; nil: it does not say.
    package var observedTargetGeneration: Int64?
    /// The revision it tried and refused; 0: none.
    package var failedRevision: Int64
    package var failureReason: String
    package var failureMessage: String
    /// How logins have fared on it within the last minutes.
    package var logins: [LoginRecord]
    /// Since when it has judged by the revision that runs, by its own clock, as `heartbeatAt`; nil: it does not say.
    package var judgingSince: Int64?
    /// `OIDC`, `IntegratedOAuth` or `None`, as the worker judges; empty: it does not say.
    package var mode: String
    /// Providers of whom the worker has no usable key.
    package var keylessProviders: [String]
    /// It says that it has not read all tokens of the built-in OAuth server.
    package var lacksOpaqueTokens: Bool

    package init(
        name: String,
        isReady: Bool,
        readyChangedAt: Int64,
        readyReason: String = "",
        readyMessage: String = "",
        heartbeatAt: Int64,
        running: Int64 = 0,
        observedTargetGeneration: Int64? = nil,
        failedRevision: Int64 = 0,
        failureReason: String = "",
        failureMessage: String = "",
        logins: [LoginRecord] = [],
        judgingSince: Int64? = nil,
        mode: String = "",
        keylessProviders: [String] = [],
        lacksOpaqueTokens: Bool = false
    ) {
        self.name = name
        self.isReady = isReady
        self.readyChangedAt = readyChangedAt
        self.readyReason = readyReason
        self.readyMessage = readyMessage
        self.heartbeatAt = heartbeatAt
        self.running = running
        self.observedTargetGeneration = observedTargetGeneration
        self.failedRevision = failedRevision
        self.failureReason = failureReason
        self.failureMessage = failureMessage
        self.logins = logins
        self.judgingSince = judgingSince
        self.mode = mode
        self.keylessProviders = keylessProviders
        self.lacksOpaqueTokens = lacksOpaqueTokens
    }

    /// A worker that has not been heard of for longer is taken for down, whatever its `Ready` condition says.
    package static let heartbeatLimit: Int64 = 40

    /// Since when the worker has not been answering; nil: it answers.
    ///
    /// - Parameter watchedSince: silence before this says nothing, because nobody was there to hear.
    package func downSince(now: Int64, watchedSince: Int64) -> Int64? {
        guard isReady else { return readyChangedAt }
        let silentFrom = max(heartbeatAt, watchedSince) + Self.heartbeatLimit
        return now > silentFrom ? silentFrom : nil
    }
}
