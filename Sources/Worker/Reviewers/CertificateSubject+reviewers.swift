import Listening

extension CertificateSubject {
    /// Whether this is an administrator, or a server that was given a certificate for asking about tokens.
    ///
    /// Break-glass certificates with a name and those of workers are for the controller's API alone: whether one counts no more is known there only.
    var mayReviewTokens: Bool {
        guard !commonName.hasPrefix("break-glass:") else { return false }
        let reviewers = "system:authenticators"
        return commonName == reviewers
            || organizations.contains { ["system:masters", reviewers].contains($0) }
    }
}
