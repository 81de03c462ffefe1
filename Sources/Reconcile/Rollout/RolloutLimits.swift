package import Schema

/// How bold a roll-out may be; read from `RolloutPolicy.spec`.
package struct RolloutLimits: Hashable, Sendable {
    /// How many workers may be changing or down at a time.
    package var maxUnavailable: RolloutPolicy.MaxUnavailable
    /// How long a worker must have been ready at the new revision before the next one is touched.
    package var soakSeconds: Int64
    /// How long a worker may take to become ready at a revision; also how long a dead worker is waited for.
    package var progressDeadlineSeconds: Int64
    /// Whether workers leave a revision that failed.
    package var automaticReturn: Bool
    /// Whether nobody is sent to a revision that has yet to prove itself.
    package var isPaused: Bool
    /// By how many points of a hundred the share of accepted tokens may fall; 100: it is not looked at.
    package var maximumDropPercent: Int64
    /// Of fewer tokens nothing is concluded.
    package var minimumLogins: Int64
    /// How long the first worker is watched for logins to compare, if there were any before.
    package var loginGateSeconds: Int64
    /// Whether somebody must have logged in through a revision before it goes beyond the first worker.
    package var requiresProofOfLogin: Bool
    /// How long there is for it.
    package var proofOfLoginSeconds: Int64

    package init(
        maxUnavailable: RolloutPolicy.MaxUnavailable = .count(1),
        soakSeconds: Int64 = 0,
        progressDeadlineSeconds: Int64 = 60,
        automaticReturn: Bool = true,
        isPaused: Bool = false,
        maximumDropPercent: Int64 = 20,
        minimumLogins: Int64 = 10,
        loginGateSeconds: Int64 = 10,
        requiresProofOfLogin: Bool = false,
        proofOfLoginSeconds: Int64 = 600
    ) {
        self.maxUnavailable = maxUnavailable
        self.soakSeconds = max(0, min(soakSeconds, 86_400))
        self.progressDeadlineSeconds = max(1, min(progressDeadlineSeconds, 86_400))
        self.automaticReturn = automaticReturn
        self.isPaused = isPaused
        self.maximumDropPercent = max(0, min(maximumDropPercent, 100))
        self.minimumLogins = max(1, min(minimumLogins, 1_000_000))
        self.loginGateSeconds = max(0, min(loginGateSeconds, 3_600))
        self.requiresProofOfLogin = requiresProofOfLogin
        self.proofOfLoginSeconds = max(1, min(proofOfLoginSeconds, 86_400))
    }

    package init(_ spec: RolloutPolicy.Spec) {
        self.init(
            maxUnavailable: spec.maxUnavailable,
            soakSeconds: spec.soakSeconds,
            progressDeadlineSeconds: spec.progressDeadlineSeconds,
            automaticReturn: spec.automaticReturn,
            isPaused: spec.paused ?? false,
            maximumDropPercent: spec.loginGate?.maximumDropPercent ?? 20,
            minimumLogins: spec.loginGate?.minimumLogins ?? 10,
            loginGateSeconds: spec.loginGate?.seconds ?? 10,
            requiresProofOfLogin: spec.requireProofOfLogin ?? false,
            proofOfLoginSeconds: spec.proofOfLoginSeconds ?? 600
        )
    }
}
