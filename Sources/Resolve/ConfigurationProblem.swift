/// Why a configuration that was accepted cannot be put into force.
package struct ConfigurationProblem: Error, Hashable, Sendable {
    /// The words of OpenShift's operator, for `ExternalOIDCControllerDegraded`.
    package let message: String
    /// What is wrong and what to do about it: a sentence for people, without a full stop.
    package let advice: String
    /// Trying again later may help although nothing was changed.
    package let isTemporary: Bool

    package init(message: String, advice: String, isTemporary: Bool = false) {
        self.message = message
        self.advice = advice
        self.isTemporary = isTemporary
    }
}
