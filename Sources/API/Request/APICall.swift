import Listening

/// One request as the behaviour sees it: no web framework, nothing left to decode but the body.
struct APICall: Sendable {
    let line: RequestLine
    var accept: MediaRange.List
    /// Without parameters, in lower case; nil when the request names none.
    let contentType: String?
    let userAgent: String
    let body: [UInt8]
    var caller: Caller
    /// Whose name the caller wants to act in.
    let impersonation: Impersonation?

    /// What TLS has proven of the connection.
    var certificate: CertificateSubject?
    /// Where the connection comes from.
    var address: String?

    var query: Query { line.query }
}
