import AuthenticationFile
import Authenticator
import Foundation
import Snapshot

/// A configuration file's content, ready to judge by.
struct LoadedConfiguration: Sendable {
    let compiled: CompiledSnapshot
    /// `sha256:` and the digest of the content in hex, as Kubernetes' metrics show it.
    let hash: String
    /// What the file says and this worker does not do.
    let notices: [String]

    var issuers: [Issuer] { compiled.snapshot.issuers }

    /// Everything that is wrong with a file.
    struct Refusal: LocalizedError, Hashable, CustomStringConvertible {
        let description: String
        var errorDescription: String? { description }
    }

    /// - Parameter source: the file's name.
    init(_ bytes: [UInt8], source: String, revision: Int64, allowsReservedNames: Bool) throws(Refusal) {
        do {
            let configuration = try AuthenticationConfiguration.read(bytes, source: source)
            compiled = try CompiledSnapshot.compile(
                configuration.snapshot(revision: revision, allowsReservedNames: allowsReservedNames)
            )
            notices =
                configuration.anonymous == nil
                ? [] : ["anonymous is not for a webhook: requests without a token never come here"]
        } catch let error as AuthenticationConfiguration.UnsupportedFields {
            throw Refusal(description: "\(source): \(error)")
        } catch let error as SnapshotProblem {
            throw Refusal(description: "\(source): \(error)")
        } catch {
            throw Refusal(description: "\(error)")
        }
        hash = HexDigest.prefixedSHA256(of: bytes)
    }
}
