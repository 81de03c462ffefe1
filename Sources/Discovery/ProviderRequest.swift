import AsyncHTTPClient
import Authenticator
import NIOCore
import NIOHTTP1
import NIOSSL

/// One GET of a provider's document: nothing but 200 and, if it was asked for, 304 is an answer.
struct ProviderRequest: Sendable {
    enum Answer: Sendable {
        case changed(body: [UInt8], headers: HTTPHeaders)
        /// The document is still the one with the marks that were sent.
        case unchanged(headers: HTTPHeaders)

        var headers: HTTPHeaders {
            switch self {
            case .changed(_, let headers), .unchanged(let headers): headers
            }
        }
    }

    let url: String
    let trust: TLSConfiguration
    let marks: ProviderValidators.Marks
    let limits: HTTPSProviderSource.Limits

    func answer(by client: HTTPClient) async throws(ProviderFailure) -> Answer {
        guard url.lowercased().hasPrefix("https://") else { throw .malformed(url: url, "not an https URL") }
        let outcome = await withTaskGroup(of: Result<Answer, ProviderFailure>?.self) { group in
            defer { group.cancelAll() }
            group.addTask { await exchange(client) }
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

    private func exchange(_ client: HTTPClient) async -> Result<Answer, ProviderFailure> {
        do {
            let response = try await client.execute(request, timeout: TimeAmount(limits.time))
            if let failure = objection(to: response) { return .failure(failure) }
            if response.status == .notModified { return .success(.unchanged(headers: response.headers)) }
            let body = try await response.body.collect(upTo: limits.size)
            return .success(.changed(body: Array(body.readableBytesView), headers: response.headers))
        } catch {
            return .failure(ProviderFailure(error, url: url, time: limits.time))
        }
    }

    private var request: HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        // Saying nothing would allow every coding (RFC 9110 section 12.5.3); what is small when packed may be huge unpacked.
        request.headers.add(name: "Accept-Encoding", value: "identity")
        request.headers.add(name: "User-Agent", value: "postern")
        if let tag = marks.entityTag { request.headers.add(name: "If-None-Match", value: tag) }
        if let date = marks.lastModified { request.headers.add(name: "If-Modified-Since", value: date) }
        request.tlsConfiguration = trust
        return request
    }

    /// What the head of an answer says against reading on.
    private func objection(to response: HTTPClientResponse) -> ProviderFailure? {
        let status = Int(response.status.code)
        if status == 304, !marks.isEmpty { return nil }
        if (300...399).contains(status), let target = response.headers.first(name: "Location") {
            return .redirected(url: url, status, target: target.onOneLine)
        }
        guard status == 200 else { return .unexpectedStatus(url: url, status) }
        if let coding = response.headers[canonicalForm: "Content-Encoding"].first(where: { $0.lowercased() != "identity" }) {
            return .malformed(url: url, "it is compressed (\(String(coding).onOneLine)), which was not offered")
        }
        let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
        return length.map { $0 > limits.size } == true ? .tooLarge(url: url) : nil
    }
}

extension ProviderValidators.Marks {
    /// The marks of an answer; one that is unreasonably long is none.
    init(_ headers: HTTPHeaders) {
        func mark(_ name: String) -> String? { headers.first(name: name).flatMap { $0.utf8.count <= 256 ? $0 : nil } }
        self.init(entityTag: mark("ETag"), lastModified: mark("Last-Modified"))
    }

    /// What a 304 says replaces what is known, and what it leaves out stays.
    func updated(by answer: ProviderRequest.Answer) -> Self {
        let new = Self(answer.headers)
        guard case .unchanged = answer, new.isEmpty else { return new }
        return self
    }
}

extension Duration {
    /// `5 s`, `250 ms`
    var secondsText: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}

extension String {
    /// Somebody else's text for a log line: what is not printable ASCII is escaped, what is too long is cut.
    var onOneLine: String {
        unicodeScalars.prefix(512).map { (0x20...0x7E).contains($0.value) ? String($0) : $0.escaped(asASCII: true) }.joined()
    }
}
