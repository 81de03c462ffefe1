package import Listening
package import NIOHTTP1

/// A GET without a body and without a query, from somebody who has shown a client certificate.
package struct BodilessRequest: Sendable {
    /// As it came.
    package let path: String
    package let headers: HTTPHeaders
    package let certificate: CertificateSubject
    /// Where the connection comes from.
    package let address: String?
    /// The id under which logs speak of this request; the caller gets it in `X-Request-Id`.
    package let id: String

    package init(path: String, headers: HTTPHeaders, certificate: CertificateSubject, address: String?, id: String) {
        self.path = path
        self.headers = headers
        self.certificate = certificate
        self.address = address
        self.id = id
    }
}

/// The JSON that answers a request, if it is known without waiting; nil: the request goes the ordinary way.
///
/// It is called on the connection's event loop, for which other connections wait.
package typealias ImmediateAnswer = @Sendable (BodilessRequest) -> [UInt8]?
