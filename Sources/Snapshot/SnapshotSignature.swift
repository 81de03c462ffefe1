/// The controller's word for a snapshot: a signature over its number and content.
package struct SnapshotSignature: Codable, Hashable, Sendable {
    /// `WorkerSnapshot.digest()` of what was signed, with the keys as they were then.
    package var digest: String
    /// The signer's certificate as PEM.
    package var certificate: String
    /// ECDSA with SHA-256, as DER in base64.
    package var value: String

    package init(digest: String, certificate: String, value: String) {
        self.digest = digest
        self.certificate = certificate
        self.value = value
    }
}

extension WorkerSnapshot {
    /// What is signed of a snapshot. A worker that has fetched newer keys since can still tell that all the rest is as it was.
    ///
    /// - Parameter digest: of the snapshot as it was signed.
    package func statement(digest: String) throws -> [UInt8] {
        // No part can hold a line's end, so no two snapshots have the same text.
        Array(
            "postern.dev snapshot\n\(revision)\n\(oldestRevision ?? 0)\n\(try contentDigest())\n\(digest)\n".utf8
        )
    }
}
