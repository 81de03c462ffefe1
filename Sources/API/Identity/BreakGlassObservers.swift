/// That somebody has shown a break-glass certificate, and where from.
package struct BreakGlassUse: Hashable, Sendable {
    /// The name of the object that stands for the certificate.
    package let certificate: String
    package let serialNumber: String
    package let address: String?
    package let userAgent: String
}

/// What is done with break-glass certificates beside the API.
package struct BreakGlassObservers: Sendable {
    /// Called by every request that is answered to such a certificate, on the request's thread.
    package var onUse: @Sendable (BreakGlassUse) -> Void
    /// Whether a request with this proof is the controller's own test of the way in, and no use.
    package var isSelfTest: @Sendable (_ proof: String) -> Bool

    package init(
        onUse: @escaping @Sendable (BreakGlassUse) -> Void = { _ in },
        isSelfTest: @escaping @Sendable (_ proof: String) -> Bool = { _ in false }
    ) {
        self.onUse = onUse
        self.isSelfTest = isSelfTest
    }
}
