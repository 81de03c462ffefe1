import Listening
import NIOHTTP1

/// One request, complete, with what is known about its sender.
struct WorkerRequest: Sendable {
    let method: HTTPMethod
    let uri: String
    let headers: HTTPHeaders
    let body: [UInt8]
    /// nil for a sender without an IP address.
    let address: IPAddress?
    /// Whom the client certificate names; nil when none was shown.
    let certificate: CertificateSubject?
    /// It came through the listener for local processes, which may ask without credentials.
    let isLocal: Bool

    init(
        method: HTTPMethod,
        uri: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        address: IPAddress? = nil,
        certificate: CertificateSubject? = nil,
        isLocal: Bool = false
    ) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
        self.address = address
        self.certificate = certificate
        self.isLocal = isLocal
    }

    /// Without the query, and not decoded: none of our paths needs it.
    var path: Substring { uri[..<questionMark] }

    var query: Substring { uri[questionMark...].dropFirst() }

    private var questionMark: String.Index { uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex }
}
