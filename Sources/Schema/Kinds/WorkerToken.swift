import JSON

/// A WorkerToken of postern.dev/v1alpha1: lets workers on other hosts join, for a while.
///
/// The token itself is a client certificate and its key; the object never has the key.
package struct WorkerToken: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        /// A PKCS#10 request as PEM.
        package var request: String
        package var ttlSeconds: Int64
        /// The one worker that may join with it, even if it has joined before; nil: any new one.
        package var workerName: String?
        /// Names and addresses that the certificates of its workers may have, besides the address they join from.
        package var hosts: [String]?
        /// How many workers may join with it.
        package var joins: Int64

        package init(request: String, ttlSeconds: Int64, workerName: String? = nil, hosts: [String]? = nil, joins: Int64 = 1) {
            self.request = request
            self.ttlSeconds = ttlSeconds
            self.workerName = workerName
            self.hosts = hosts
            self.joins = joins
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var username: String?
        /// As PEM.
        package var certificate: String?
        /// In hex, without leading zeros.
        package var serialNumber: String?
        /// RFC 3339, as all times here.
        package var expirationTime: String?
        package var joined: [Joined]?
        package var conditions: [Condition]?

        package init() {}

        package var expiration: Int64? { expirationTime.flatMap(Timestamp.seconds) }
    }

    /// A worker that joined with the token.
    package struct Joined: Codable, Hashable, Sendable {
        package var workerName: String
        /// SHA-256 of its public key, in hex: whoever asks again with the same key is the same worker.
        package var keyDigest: String
        package var time: String

        package init(workerName: String, keyDigest: String, time: String) {
            self.workerName = workerName
            self.keyDigest = keyDigest
            self.time = time
        }
    }

    package init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

// MARK: - Names

extension WorkerToken {
    package static let apiVersion = "postern.dev/v1alpha1"
    package static let kind = "WorkerToken"
    package static let resource = ResourceName(group: "postern.dev", plural: "workertokens")

    /// The group of whoever shows a token; it may ask for a worker's certificates and nothing else.
    package static let holders = "system:bootstrappers"

    private static let userPrefix = "system:bootstrap:"

    /// The user of whoever shows the token with this name.
    package static func user(of name: String) -> String { userPrefix + name }

    /// The token's name; nil for users who show none.
    package static func name(ofUser user: String) -> String? {
        guard user.utf8.starts(with: userPrefix.utf8) else { return nil }
        return String(decoding: user.utf8.dropFirst(userPrefix.utf8.count), as: UTF8.self)
    }
}
