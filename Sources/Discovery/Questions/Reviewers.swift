import AsyncHTTPClient
import Authenticator
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
import Snapshot
import Synchronization

/// Asks the reviewer of `webhookTokenAuthenticator`: `TokenReview` v1, or v1beta1 where v1 is not known; what worked last comes first.
final class Reviewers: Sendable {
    private struct Reviewer {
        let configuration: ReviewerConfiguration
        let trust: TLSConfiguration
        var version = "v1"
    }

    /// Statuses of a reviewer that does not know the version it was asked in.
    private static let unknownVersion: Set<Int> = [400, 404, 406, 415, 422]
    private static let good: Set<Int> = [200, 201]
    /// A snapshot names one; during a roll-out there are two.
    private static let maximumKnown = 4

    private let exchange: HTTPSExchange
    private let kubeconfig: @Sendable ([UInt8]) -> JSONValue?
    private let known = Mutex<[SecretReference: Reviewer]>([:])

    init(exchange: HTTPSExchange, kubeconfig: @escaping @Sendable ([UInt8]) -> JSONValue?) {
        self.exchange = exchange
        self.kubeconfig = kubeconfig
    }

    func ask(_ question: Question.TokenReview, _ kubeconfig: Secret) async throws(ProviderFailure) -> Reply {
        let reviewer = try reviewer(question.reviewer, kubeconfig)
        let first = try await post(question.token, to: reviewer)
        guard Self.unknownVersion.contains(first.status) else { return Reply(first, good: Self.good) }
        var other = reviewer
        other.version = reviewer.version == "v1" ? "v1beta1" : "v1"
        let second = try await post(question.token, to: other)
        guard Self.good.contains(second.status) else { return Reply(.status(first.status)) }
        known.withLock { $0[question.reviewer]?.version = other.version }
        return Reply(second, good: Self.good)
    }

    private func post(_ token: Secret, to reviewer: Reviewer) async throws(ProviderFailure) -> HTTPSExchange.Answer {
        var request = HTTPClientRequest(url: reviewer.configuration.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        switch reviewer.configuration.credential {
        case .token(let token): request.headers.add(name: "Authorization", value: token.bearer)
        case .password(let user, let password):
            let pair = Array("\(user):".utf8) + password.expose()
            request.headers.add(name: "Authorization", value: "Basic " + Data(pair).base64EncodedString())
        case .certificate: break
        }
        let review: JSONValue = [
            "apiVersion": .string("authentication.k8s.io/\(reviewer.version)"), "kind": "TokenReview",
            "metadata": ["creationTimestamp": .null],
            "spec": ["token": .string(String(decoding: token.expose(), as: UTF8.self))],
        ]
        request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: review)))
        return try await exchange.send(request, reviewer.trust, good: Self.good)
    }

    private func reviewer(_ reference: SecretReference, _ secret: Secret) throws(ProviderFailure) -> Reviewer {
        if let reviewer = known.withLock({ $0[reference] }) { return reviewer }
        let place = "the kubeconfig in secret \(reference.name)"
        guard let document = kubeconfig(secret.expose()) else { throw .malformed(url: place, "\(place) is none") }
        let configuration: ReviewerConfiguration
        do throws(ReviewerConfiguration.Problem) {
            configuration = try ReviewerConfiguration(kubeconfig: document)
        } catch {
            throw .malformed(url: place, "\(place) cannot be used: \(error)")
        }
        var trust = try TLSConfiguration.trusting(configuration.certificateAuthority, url: configuration.url)
        if case .certificate(let chain, let key) = configuration.credential {
            do {
                trust.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
                trust.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key.expose(), format: .pem))
            } catch {
                // What the library says may hold a part of the key.
                throw .malformed(url: place, "\(place) has a client certificate or key that is not PEM")
            }
        }
        let reviewer = Reviewer(configuration: configuration, trust: trust)
        known.withLock { known in
            if known.count >= Self.maximumKnown { known = [:] }
            known[reference] = reviewer
        }
        return reviewer
    }
}
