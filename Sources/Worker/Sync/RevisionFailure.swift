/// Why a worker could not take a revision; it goes on with the one it has.
struct RevisionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    enum Reason: String, Sendable {
        /// The object is not what it says it is: another number or another digest.
        case damaged = "RevisionDamaged"
        /// No signature by the cluster's controller.
        case forged = "RevisionForged"
        /// All workers have served a later one, so no roll-out leads here.
        case older = "RevisionTooOld"
        case notCompiled = "RevisionNotCompiled"
        /// A provider's keys are neither in the revision nor to be had.
        case keysMissing = "KeysMissing"
        /// A secret that the revision needs cannot be read.
        case secretsMissing = "SecretsMissing"
        /// The last good snapshot could not be written.
        case notSaved = "NotSaved"
    }

    /// How long a worker waits before it tries a failed revision once more by itself.
    static let retryAfterSeconds: Int64 = 10

    let revision: Int64
    let reason: Reason
    let message: String

    var description: String { "revision \(revision): \(reason.rawValue): \(message)" }
}
