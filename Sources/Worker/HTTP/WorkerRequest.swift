import Listening
import NIOHTTP1

/// One request, complete, with what is known about its sender.
struct WorkerRequest: Sendable {
    let method: HTTPMethod
    /// Without the query, and not decoded: none of our paths needs it.
    let path: String
    let query: String
    let headers: HTTPHeaders
    let body: [UInt8]
    /// nil for a sender without an IP address.
    let address: IPAddress?
    /// Whom the client certificate names; nil when none was shown.
    let certificate: CertificateSubject?

    init(
        method: HTTPMethod,
        uri: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        address: IPAddress? = nil,
        certificate: CertificateSubject? = nil
    ) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
        self.address = address
        self.certificate = certificate
    }
}
