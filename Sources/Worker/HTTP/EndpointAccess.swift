import Listening

/// Who may ask a worker, and for what.
struct EndpointAccess: Sendable {
    static let defaultAudiences = ["https://kubernetes.default.svc"]

    /// The proxies that may ask `/auth`.
    let forwardAuthFrom: AddressList
    /// The bearer tokens that may ask for `TokenReview`s; nil: none, only client certificates may.
    var reviewers: ReviewerTokenFile?
    /// Where local processes may ask without credentials; nil: nowhere.
    var loopback: ListenAddress?
    /// What every accepted token is good for when a `TokenReview` asks for audiences, besides those that it names itself.
    var apiAudiences = defaultAudiences
}
