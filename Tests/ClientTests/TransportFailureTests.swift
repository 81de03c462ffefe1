import Testing

@testable import Client

struct TransportFailureTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let reason: TransportFailure.Reason
        let says: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "TLSV1_ALERT_CERTIFICATE_REQUIRED",
            reason: .certificateRequired,
            says: "https://x:1 lets only clients with a certificate in, and none was given"
        ),
        Case(
            name: "TLSV1_ALERT_UNKNOWN_CA",
            reason: .certificateRefused,
            says:
                "https://x:1 did not accept the client certificate: it was signed by an authority that is unknown there"
        ),
        Case(
            name: "SSLV3_ALERT_CERTIFICATE_EXPIRED",
            reason: .certificateRefused,
            says: "https://x:1 did not accept the client certificate: it is expired"
        ),
        Case(
            name: "CERTIFICATE_VERIFY_FAILED",
            reason: .untrusted,
            says: "the certificate of https://x:1 is not trusted: it was signed by an unknown authority or is expired"
        ),
        Case(
            name: "TLSV1_ALERT_NO_RENEGOTIATION",
            reason: .interrupted,
            says: "the connection to https://x:1 broke: it ended the TLS handshake"
        ),
        Case(
            name: "SOMETHING_NEW",
            reason: .interrupted,
            says: "the connection to https://x:1 broke: sslError([Error: 268436572 error:1000045c:SSL routines::SOMETHING_NEW])"
        ),
    ]

    @Test(arguments: cases)
    func saysInWordsWhatTheLibraryMeans(_ c: Case) {
        let text = "sslError([Error: 268436572 error:1000045c:SSL routines::\(c.name) at /home/x/ssl/tls_record.cc:491])"
        let failure = TransportFailure(tls: text, server: "https://x:1")
        #expect(failure.reason == c.reason)
        #expect(failure.description == c.says)
        #expect(!failure.description.contains("/home"))
    }
}
