import NIOHTTP1

/// Which endpoint answers which request.
struct WorkerRoutes: Sendable {
    let tokenReviews: TokenReviewEndpoint
    let forwardAuth: ForwardAuthEndpoint
    let identity: IdentityEndpoint
    let health: HealthEndpoint

    func answer(_ request: WorkerRequest) -> WorkerReply {
        switch request.path {
        case "/auth": allow([.GET, .HEAD], request) { forwardAuth.answer($0) }
        case "/apis/authentication.k8s.io/v1/tokenreviews":
            allow([.POST], request) { tokenReviews.answer($0, version: "v1") }
        case "/apis/authentication.k8s.io/v1beta1/tokenreviews":
            allow([.POST], request) { tokenReviews.answer($0, version: "v1beta1") }
        case "/apis/authentication.k8s.io/v1/selfsubjectreviews": allow([.POST], request) { identity.selfSubjectReview($0) }
        case "/apis/user.openshift.io/v1/users/~", "/apis/user.openshift.io/v1/users/%7E",
            "/apis/user.openshift.io/v1/users/%7e":
            allow([.GET, .HEAD], request) { identity.currentUser($0) }
        case "/.well-known/oauth-authorization-server": allow([.GET, .HEAD], request) { _ in .now(identity.oauthMetadata()) }
        case "/livez", "/healthz": allow([.GET, .HEAD], request) { .now(health.live($0)) }
        case "/readyz": allow([.GET, .HEAD], request) { .now(health.ready($0)) }
        case "/metrics": allow([.GET, .HEAD], request) { _ in .now(health.metrics()) }
        case "/version": allow([.GET, .HEAD], request) { _ in .now(health.version()) }
        default: .now(.notFound)
        }
    }

    private func allow(
        _ methods: [HTTPMethod],
        _ request: WorkerRequest,
        _ answer: (WorkerRequest) -> WorkerReply
    ) -> WorkerReply {
        guard methods.contains(request.method) else {
            return .now(.methodNotAllowed(methods.map(\.rawValue).joined(separator: ", ")))
        }
        return answer(request)
    }
}
