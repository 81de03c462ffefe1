import JSON
import Listening
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import Worker

/// A worker's routes without a socket.
struct TestRoutes {
    let live: LiveState
    let counters = DecisionCounters()
    /// The issuers for which fresher keys were asked.
    let unknownKeys = Recorder()
    /// Whether the provider may have a key that is not in the set.
    var mayHaveMoreKeys = false
    var isDraining = false
    var reviewers: ReviewerTokens?
    var apiAudiences = EndpointAccess.defaultAudiences

    final class Recorder: Sendable {
        private let values = Mutex<[String]>([])
        func add(_ value: String) { values.withLock { $0.append(value) } }
        var all: [String] { values.withLock { $0 } }
    }

    let times = JudgementTimes()
    var metrics: MetricsEndpoint { MetricsEndpoint(live: live, counters: counters, times: times) }

    var routes: WorkerRoutes {
        get throws {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let judge = TokenJudge(
                live: live,
                counters: counters,
                times: times,
                log: DecisionLog(logger: logger),
                onUnknownKey: { [unknownKeys, mayHaveMoreKeys] issuerURL, _ in
                    unknownKeys.add(issuerURL)
                    return mayHaveMoreKeys
                },
                now: { TestProvider.now }
            )
            let isDraining = isDraining
            return WorkerRoutes(
                tokenReviews: TokenReviewEndpoint(
                    judge: judge,
                    apiAudiences: apiAudiences,
                    reviewers: reviewers
                ),
                forwardAuth: ForwardAuthEndpoint(judge: judge, allowed: try #require(AddressList("127.0.0.0/8,::1"))),
                identity: IdentityEndpoint(judge: judge),
                health: HealthEndpoint(live: live, standing: WorkerStanding()) { isDraining },
                metrics: metrics
            )
        }
    }

    init(_ state: WorkerState = WorkerState()) { live = LiveState(state) }

    func get(_ uri: String, token: String? = nil, from address: String = "127.0.0.1") throws -> WorkerResponse {
        var headers: HTTPHeaders = [:]
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        return try send(.GET, uri, headers: headers, address: address)
    }

    func send(
        _ method: HTTPMethod,
        _ uri: String,
        headers: HTTPHeaders = [:],
        body: String = "",
        address: String = "127.0.0.1",
        certificate: CertificateSubject? = nil,
        isLocal: Bool = false
    ) throws -> WorkerResponse {
        let request = WorkerRequest(
            method: method,
            uri: uri,
            headers: headers,
            body: Array(body.utf8),
            address: IPAddress(address),
            certificate: certificate,
            isLocal: isLocal
        )
        switch try routes.answer(request) {
        case .now(let response): return response
        case .later: throw AnswerComesLater()
        }
    }

    /// An answer that is made on a thread of its own.
    func later(_ method: HTTPMethod, _ uri: String) async throws -> WorkerResponse {
        switch try routes.answer(WorkerRequest(method: method, uri: uri)) {
        case .now: throw AnswerComesAtOnce()
        case .later(let start): await withCheckedContinuation { continuation in start { continuation.resume(returning: $0) } }
        }
    }

    static let apiServer = CertificateSubject(commonName: "api-server", organizations: ["system:authenticators"])

    func review(
        _ token: String,
        audiences: [String]? = nil,
        version: String = "v1",
        certificate: CertificateSubject? = apiServer
    ) throws -> WorkerResponse {
        var spec: JSONValue = ["token": .string(token)]
        spec["audiences"] = audiences.map { .array($0.map(JSONValue.string)) }
        let review: JSONValue = [
            "apiVersion": .string("authentication.k8s.io/\(version)"), "kind": "TokenReview", "spec": spec,
        ]
        return try send(
            .POST,
            "/apis/authentication.k8s.io/\(version)/tokenreviews",
            body: JSONWriter.text(of: review),
            certificate: certificate
        )
    }
}

/// The test is for answers that are given at once.
struct AnswerComesLater: Error {}
struct AnswerComesAtOnce: Error {}

extension WorkerResponse {
    var json: JSONValue { get throws { try JSONParser.parse(body) } }
    var text: String { String(decoding: body, as: UTF8.self) }
}
