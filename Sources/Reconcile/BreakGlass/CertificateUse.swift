/// That a break-glass certificate was shown to the API.
package struct CertificateUse: Hashable, Sendable {
    /// The name of the object that stands for the certificate.
    package let certificate: String
    package let serialNumber: String
    package let address: String?
    package let userAgent: String

    package init(certificate: String, serialNumber: String, address: String?, userAgent: String) {
        self.certificate = certificate
        self.serialNumber = serialNumber
        self.address = address
        self.userAgent = userAgent
    }

    /// `kubectl/v1.34.0 (linux/amd64) at 192.0.2.7`
    var origin: String {
        let program = userAgent.isEmpty ? "an unnamed program" : String(userAgent.prefix(128))
        return address.map { "\(program) at \($0)" } ?? program
    }
}
