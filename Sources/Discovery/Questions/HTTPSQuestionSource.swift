package import AsyncHTTPClient
package import Authenticator
package import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
package import Snapshot

/// Answers the questions of judgements over HTTPS: each to its own address, with its own trust and its own credential.
package struct HTTPSQuestionSource: QuestionSource {
    private let exchange: HTTPSExchange
    private let keys: HTTPSProviderSource
    private let accessTokens: AccessTokens
    private let reviewers: Reviewers

    /// - Parameters:
    ///   - client: made with `HTTPSProviderSource.clientConfiguration`; its owner shuts it down.
    ///   - kubeconfig: reads the YAML or JSON of a kubeconfig; nil: it is neither.
    ///   - now: seconds since 1970.
    package init(
        client: HTTPClient,
        limits: HTTPSProviderSource.Limits = .init(),
        kubeconfig: @escaping @Sendable ([UInt8]) -> JSONValue?,
        now: @escaping @Sendable () -> Int64
    ) {
        exchange = HTTPSExchange(client: client, limits: limits)
        keys = HTTPSProviderSource(client: client, limits: limits)
        accessTokens = AccessTokens(exchange: exchange, now: now)
        reviewers = Reviewers(exchange: exchange, kubeconfig: kubeconfig)
    }

    package func ask(_ question: Question, secrets: @Sendable (SecretReference) -> Secret?) async -> Reply {
        do throws(ProviderFailure) {
            switch question {
            case .distributedClaim(let question): return try await ask(question)
            case .keySet(let question): return try await ask(question)
            case .claimsSource(let question): return try await ask(question, secrets)
            case .tokenReview(let question):
                guard let kubeconfig = secrets(question.reviewer) else {
                    return Reply(.none("the secret \(question.reviewer.name) is not here"))
                }
                return try await reviewers.ask(question, kubeconfig)
            }
        } catch {
            return Reply(.none(error.words))
        }
    }

    private func ask(_ question: Question.DistributedClaim) async throws(ProviderFailure) -> Reply {
        let trust = try TLSConfiguration.trusting(question.certificateAuthority, url: question.endpoint)
        var request = HTTPClientRequest(url: question.endpoint)
        if let token = question.accessToken { request.headers.add(name: "Authorization", value: token.bearer) }
        return Reply(try await exchange.send(request, trust))
    }

    /// The issuer is not one of the configured ones, so its document may not point to where the issuer itself may not be.
    private func ask(_ question: Question.KeySet) async throws(ProviderFailure) -> Reply {
        let issuer = Issuer(
            name: question.provider,
            issuerURL: question.issuerURL,
            audiences: [],
            certificateAuthority: question.certificateAuthority,
            claimMappings: ClaimMappings(username: .claim("sub", prefix: ""))
        )
        let material = try await keys.fetch(issuer, last: nil) { url throws(ProviderFailure) in
            do throws(EndpointURL.Problem) {
                _ = try EndpointURL(url, namedBy: question.issuerURL)
            } catch {
                throw .malformed(url: url, "its \"jwks_uri\" is not asked: \(error)")
            }
        }
        return Reply(.body(Array(material.jwks.utf8)), maxAge: material.maxAge)
    }

    private func ask(
        _ question: Question.ClaimsSource,
        _ secrets: @Sendable (SecretReference) -> Secret?
    ) async throws(ProviderFailure) -> Reply {
        let trust = try TLSConfiguration.trusting(question.source.certificateAuthority, url: question.url)
        var request = HTTPClientRequest(url: question.url)
        guard case .clientCredential(let credential) = question.source.proof else {
            if let token = question.userToken { request.headers.add(name: "Authorization", value: token.bearer) }
            return Reply(try await exchange.send(request, trust))
        }
        guard let secret = secrets(credential.secret) else {
            return Reply(.none("the secret \(credential.secret.name) is not here"))
        }
        let first = try await accessTokens.token(of: credential, secret)
        request.headers.replaceOrAdd(name: "Authorization", value: first.token.bearer)
        let answer = try await exchange.send(request, trust)
        guard answer.status == 401, first.isOld else { return Reply(answer) }
        // The token was taken back before its time.
        accessTokens.forget(first.token, of: credential)
        request.headers.replaceOrAdd(
            name: "Authorization",
            value: try await accessTokens.token(of: credential, secret).token.bearer
        )
        return Reply(try await exchange.send(request, trust))
    }
}

extension Secret {
    /// The value of an `Authorization` header. Whoever made the secret has checked its characters.
    var bearer: String { "Bearer " + String(decoding: expose(), as: UTF8.self) }
}

extension Reply {
    init(_ answer: HTTPSExchange.Answer, good: Set<Int> = [200]) {
        self = good.contains(answer.status) ? Reply(.body(answer.body), maxAge: answer.maxAge) : Reply(.status(answer.status))
    }
}

extension ProviderFailure {
    /// Without the address, whose path or query may name a user.
    var words: String {
        switch self {
        case .unreachable(_, let why), .untrusted(_, let why), .malformed(_, let why): why
        case .unexpectedStatus(_, let status): "status \(status)"
        case .redirected(_, let status, _): "a redirect (\(status)), which is not followed"
        case .tooLarge: "the answer is too large"
        case .issuerMismatch: "the discovery document is another issuer's"
        case .noUsableKey: "there is no usable key"
        }
    }
}
