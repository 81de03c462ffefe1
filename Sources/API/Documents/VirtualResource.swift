import JSON
import Schema

/// A resource without stored objects: a question that is asked by creating one.
struct VirtualResource: Hashable, Sendable {
    let group: String
    let version: String
    let kind: String
    let plural: String

    var apiVersion: String { "\(group)/\(version)" }

    static let selfSubjectReviews = VirtualResource(
        group: "authentication.k8s.io",
        version: "v1",
        kind: "SelfSubjectReview",
        plural: "selfsubjectreviews"
    )
    static let selfSubjectAccessReviews = VirtualResource(
        group: "authorization.k8s.io",
        version: "v1",
        kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews"
    )
    static let selfSubjectRulesReviews = VirtualResource(
        group: "authorization.k8s.io",
        version: "v1",
        kind: "SelfSubjectRulesReview",
        plural: "selfsubjectrulesreviews"
    )

    static let tokenReviews = VirtualResource(
        group: "authentication.k8s.io",
        version: "v1",
        kind: "TokenReview",
        plural: "tokenreviews"
    )

    static let workerCertificates = VirtualResource(
        group: "postern.dev",
        version: "v1alpha1",
        kind: WorkerCertificate.kind,
        plural: WorkerCertificate.plural
    )

    static let all = [tokenReviews, workerCertificates, selfSubjectReviews, selfSubjectAccessReviews, selfSubjectRulesReviews]
}
