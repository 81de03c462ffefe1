import AsyncHTTPClient
import Authenticator
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// One bounded request over HTTPS: no redirect is followed, and neither a slow nor a large answer is waited for.
struct HTTPSExchange: Sendable {
    struct Answer: Sendable {
        let status: Int
        /// Empty unless the status is one that was wanted.
        let body: [UInt8]
        let headers: HTTPHeaders

        /// Seconds; nil: nothing is said.
        var maxAge: Int64? { Freshness.lifetime(headers, now: Int64(Date().timeIntervalSince1970)) }
    }

    let client: HTTPClient
    let limits: HTTPSProviderSource.Limits

    /// - Parameter good: of which statuses the body is read.
    func send(
        _ request: HTTPClientRequest,
        _ trust: TLSConfiguration,
        good: Set<Int> = [200]
    ) async throws(ProviderFailure) -> Answer {
        let url = request.url
        guard url.lowercased().hasPrefix("https://") else { throw .malformed(url: url, "not an https URL") }
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        // What is small when packed may be huge unpacked.
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: "postern")
        request.tlsConfiguration = trust
        let outcome = await withTaskGroup(of: Result<Answer, ProviderFailure>?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [request] in await exchange(request, good) }
            group.addTask {
                // The client's own deadline ends with the head of the answer; this one also bounds a body that trickles.
                do { try await Task.sleep(for: limits.time) } catch { return nil }
                return .failure(.unreachable(url: url, "no whole answer within \(limits.time.secondsText)"))
            }
            // nil is only the timer being cancelled, and then the exchange has its own word about it.
            while let outcome = await group.next() { if let outcome { return outcome } }
            return .failure(.unreachable(url: url, "cancelled"))
        }
        return try outcome.get()
    }

    private func exchange(_ request: HTTPClientRequest, _ good: Set<Int>) async -> Result<Answer, ProviderFailure> {
        do {
            let response = try await client.execute(request, timeout: TimeAmount(limits.time))
            let status = Int(response.status.code)
            guard good.contains(status) else { return .success(Answer(status: status, body: [], headers: response.headers)) }
            if let coding = response.headers[canonicalForm: "Content-Encoding"].first(where: { $0.lowercased() != "identity" })
            {
                return .failure(
                    .malformed(url: request.url, "it is compressed (\(String(coding).onOneLine)), which was not offered")
                )
            }
            if let length = response.headers.first(name: "Content-Length").flatMap({ Int($0) }), length > limits.size {
                return .failure(.tooLarge(url: request.url))
            }
            let body = try await response.body.collect(upTo: limits.size)
            return .success(Answer(status: status, body: Array(body.readableBytesView), headers: response.headers))
        } catch {
            return .failure(ProviderFailure(error, url: request.url, time: limits.time))
        }
    }
}

extension TLSConfiguration {
    /// Trust in these certificates and no others, or in the system's.
    static func trusting(_ authority: String?, url: String) throws(ProviderFailure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard let authority else { return configuration }
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8))
        } catch {
            throw .untrusted(url: url, "the configured certificate authority is not PEM")
        }
        guard !certificates.isEmpty else {
            throw .untrusted(url: url, "the configured certificate authority holds no certificate")
        }
        configuration.trustRoots = .certificates(certificates)
        return configuration
    }
}
