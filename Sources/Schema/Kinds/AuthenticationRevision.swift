package import JSON

/// An AuthenticationRevision of postern.dev/v1alpha1: one immutable numbered copy of the authentication.
package struct AuthenticationRevision: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    /// The object's name: `authentication-7`.
    package static func name(of revision: Int64) -> String { "authentication-\(revision)" }

    package struct Spec: Codable, Hashable, Sendable {
        package var revision: Int64
        /// `WorkerSnapshot.digest()`.
        package var digest: String
        /// `WorkerSnapshot.contentDigest()`.
        package var contentDigest: String
        package var mode: String
        package var cause: String?
        package var changedBy: String?
        package var changedWith: String?
        /// The `spec` of the Authentication this was made from.
        package var authentication: JSONValue?
        /// The names of the secrets that workers need; nil: none.
        package var secrets: [String]?
        /// The `WorkerSnapshot`.
        package var snapshot: JSONValue
        /// Over the snapshot.
        package var signature: Signature?

        package init(
            revision: Int64,
            digest: String,
            contentDigest: String,
            mode: String,
            cause: String? = nil,
            changedBy: String? = nil,
            changedWith: String? = nil,
            authentication: JSONValue? = nil,
            secrets: [String]? = nil,
            snapshot: JSONValue,
            signature: Signature? = nil
        ) {
            self.revision = revision
            self.digest = digest
            self.contentDigest = contentDigest
            self.mode = mode
            self.cause = cause
            self.changedBy = changedBy
            self.changedWith = changedWith
            self.authentication = authentication
            self.secrets = secrets
            self.snapshot = snapshot
            self.signature = signature
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        /// Anything else, or nil: it has yet to prove itself, or was overtaken before it did.
        package enum Phase: String, Sendable {
            /// All workers have served it, and it has proven itself: it may come back without doing so again.
            case good = "Good"
            /// It failed on a worker.
            case failed = "Failed"
        }

        package var phase: String?
        package var message: String?
    }

    /// Who vouches for the snapshot.
    package struct Signature: Codable, Hashable, Sendable {
        /// The signer's certificate as PEM.
        package var certificate: String
        /// ECDSA with SHA-256, as DER in base64.
        package var value: String

        package init(certificate: String, value: String) {
            self.certificate = certificate
            self.value = value
        }
    }
}
