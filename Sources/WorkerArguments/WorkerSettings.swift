package import Listening

/// What `WorkerOptions` ask for, checked.
package struct WorkerSettings: Hashable, Sendable {
    package let forwardAuthFrom: AddressList
    package let tokenReviewTokenFile: String?
    package let apiAudiences: [String]
    package let tokenCacheSize: Int
}
