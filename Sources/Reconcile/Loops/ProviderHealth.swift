/// How a provider in force answers, as far as people have to know.
struct ProviderHealth: Hashable, Sendable {
    struct Failure: Hashable, Sendable {
        /// When it was first seen, in seconds since 1970.
        var since: Int64
        var text: String
    }

    let name: String
    /// nil: it answers.
    var failure: Failure?
    /// What works but will not for long, as a sentence without a full stop.
    var warning: String?
}
