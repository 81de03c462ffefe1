import Listening

extension CertificateSubject {
    /// Whether this is an administrator, a node, or a server that was given a certificate for asking about tokens.
    var mayReviewTokens: Bool {
        let reviewers = "system:authenticators"
        return commonName == reviewers
            || organizations.contains { ["system:masters", "system:nodes", reviewers].contains($0) }
    }
}
