package import Resolve

/// What came of the last look at `Authentication/cluster`.
package struct ConfigurationOutcome: Hashable, Sendable {
    package enum Probe: Hashable, Sendable {
        /// There is no provider, or nothing new to ask it.
        case notNeeded
        case passed
        /// Not all answered; known keys of those that did not are used.
        case proceeded
        case failed
        /// The providers are being asked.
        case running
    }

    /// The `metadata.generation` that was looked at.
    package var generation: Int64
    /// The revision that this generation has become; nil: none, or none yet.
    package var revision: Int64?
    /// What stands in the way of the references; nothing is asked of a provider before these are gone.
    package var unresolved: [ConfigurationProblem] = []
    /// What the providers said.
    package var unproven: [ConfigurationProblem] = []
    package var warnings: [String] = []
    /// What of the configuration cannot be read now, where what workers had of it before stands for it.
    package var borrowed: [String] = []
    package var probe: Probe = .notNeeded
    /// What was asked for is what runs already, once more: it is in force, whatever the providers say.
    package var isRestart = false
    /// The world failed, not the configuration: the store or this program.
    package var failure: String?

    package init(generation: Int64) { self.generation = generation }

    package var problems: [ConfigurationProblem] { unresolved + unproven }
}
