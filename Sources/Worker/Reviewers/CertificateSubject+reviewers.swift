import Listening

extension CertificateSubject {
    /// Whether this is an administrator, a node, or a server that was given a certificate for asking about tokens.
    ///
    /// Break-glass certificates with a name are for the controller's API alone: whether one has been revoked is known there only.
    var mayReviewTokens: Bool {
        guard !commonName.hasPrefix("break-glass:") else { return false }
        let reviewers = "system:authenticators"
        return commonName == reviewers
            || organizations.contains { ["system:masters", "system:nodes", reviewers].contains($0) }
    }
}
