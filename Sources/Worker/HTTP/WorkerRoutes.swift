import NIOHTTP1

/// Which endpoint answers which request.
struct WorkerRoutes: Sendable {
    let tokenReviews: TokenReviewEndpoint
    let forwardAuth: ForwardAuthEndpoint
    let identity: IdentityEndpoint
    let health: HealthEndpoint
    let metrics: MetricsEndpoint

    private static let read: [HTTPMethod] = [.GET, .HEAD]
    private static let create: [HTTPMethod] = [.POST]

    func answer(_ request: WorkerRequest) -> WorkerReply {
        let path = request.path
        // First, for these are asked before every request to the servers behind proxies.
        if let profile = ForwardAuthProfile(path: path) { return forwardAuth.answer(request, profile) }
        return switch path {
        case "/apis/authentication.k8s.io/v1/tokenreviews":
            allow(Self.create, request) { tokenReviews.answer($0, version: "v1") }
        case "/apis/authentication.k8s.io/v1beta1/tokenreviews":
            allow(Self.create, request) { tokenReviews.answer($0, version: "v1beta1") }
        case "/apis/authentication.k8s.io/v1/selfsubjectreviews": allow(Self.create, request) { identity.selfSubjectReview($0) }
        case "/apis/user.openshift.io/v1/users/~", "/apis/user.openshift.io/v1/users/%7E",
            "/apis/user.openshift.io/v1/users/%7e":
            allow(Self.read, request) { identity.currentUser($0) }
        case "/.well-known/oauth-authorization-server": allow(Self.read, request) { _ in .now(identity.oauthMetadata()) }
        case "/livez", "/healthz": allow(Self.read, request) { .now(health.live($0)) }
        case "/readyz": allow(Self.read, request) { .now(health.ready($0)) }
        case "/metrics": allow(Self.read, request) { _ in metrics.answer() }
        case "/version": allow(Self.read, request) { _ in .now(health.version()) }
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
