import Certificates
import Foundation
import JSON
import Snapshot

@testable import Worker

/// A cluster's signer of snapshots, and what its workers believe.
struct TestSignatures {
    let certificates: ClusterCertificates
    let signer: SnapshotSigner
    let verifier: SnapshotVerifier

    /// - Parameter folder: for the keys.
    init(folder: String) throws {
        certificates = try ClusterCertificates.open(dataFolder: folder, now: Date())
        signer = try certificates.snapshotSigner()
        verifier = try SnapshotVerifier(authorityPEM: certificates.authority.pem)
    }

    func signed(_ snapshot: WorkerSnapshot) throws -> LastGoodFile.Content {
        let digest = try snapshot.digest()
        let signature = SnapshotSignature(
            digest: digest,
            certificate: signer.certificatePEM,
            value: try signer.signature(over: snapshot.statement(digest: digest))
        )
        return LastGoodFile.Content(snapshot: snapshot, signature: signature)
    }

    /// The revision's object, as the API gives it.
    func object(_ content: LastGoodFile.Content, digest: String? = nil) throws -> JSONValue {
        var spec: JSONValue = [
            "digest": .string(try digest ?? content.snapshot.digest()), "snapshot": try JSONValue(encoding: content.snapshot),
        ]
        if let signature = content.signature {
            spec["signature"] = ["certificate": .string(signature.certificate), "value": .string(signature.value)]
        }
        return ["spec": spec]
    }
}
