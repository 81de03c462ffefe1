package import Hummingbird
package import Listening
package import NIOCore

/// What is known about a request besides itself.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The subject of the client certificate of the connection; nil without one.
    package var certificate: CertificateSubject?
    /// The id under which logs speak of this request; the caller gets it in `X-Request-Id`.
    package var requestID: String
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        requestID = ""
    }

    package var maxUploadSize: Int { RequestLimits.bodyBytes }
}
