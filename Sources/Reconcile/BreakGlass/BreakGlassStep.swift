import Schema

/// The one next thing to do about break-glass certificates.
enum BreakGlassStep: Equatable {
    /// The object that stands for the certificate in `admin.kubeconfig` is missing, or tells of another certificate.
    case tellOfBootstrap
    case issue(IssuingStep)
}

/// - Parameters:
///   - bootstrap: the serial number of the certificate in `admin.kubeconfig`.
///   - now: seconds since 1970.
func breakGlassStep(_ certificates: [BreakGlassCertificate], bootstrap: String, now: Int64) -> BreakGlassStep {
    guard certificates.contains(where: { $0.isBootstrap && $0.status?.serialNumber == bootstrap }) else {
        return .tellOfBootstrap
    }
    let named = certificates.filter { !$0.isBootstrap }.map { Issuance($0.metadata, $0.status, now: now) }
    return .issue(issuingStep(named, now: now))
}
