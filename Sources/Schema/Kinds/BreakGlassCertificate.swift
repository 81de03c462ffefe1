import JSON

/// A BreakGlassCertificate of postern.dev/v1alpha1: a client certificate that may do everything, and what is known of its use.
package struct BreakGlassCertificate: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    /// nil for the certificate in `admin.kubeconfig`, which nobody asks for.
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        /// A PKCS#10 request as PEM.
        package var request: String
        package var ttlSeconds: Int64

        package init(request: String, ttlSeconds: Int64) {
            self.request = request
            self.ttlSeconds = ttlSeconds
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
        package var lastUsedTime: String?
        package var lastUsedFrom: String?
        package var lastTestTime: String?
        package var lastTestError: String?
        package var conditions: [Condition]?

        package init() {}
    }

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

// MARK: - Names

extension BreakGlassCertificate {
    package static let apiVersion = "postern.dev/v1alpha1"
    package static let kind = "BreakGlassCertificate"
    package static let resource = ResourceName(group: "postern.dev", plural: "breakglasscertificates")

    /// The group whose members may do everything, whatever is stored.
    package static let administrators = "system:masters"

    /// The object that stands for the certificate in `admin.kubeconfig`, and that certificate's user.
    package static let bootstrapName = "system-admin"
    package static let bootstrapUser = "system:admin"

    private static let userPrefix = "break-glass:"

    /// The user of the certificate that an object stands for.
    package static func user(of name: String) -> String { name == bootstrapName ? bootstrapUser : userPrefix + name }

    /// The object that stands for a user's certificate; nil for users who have no such certificate.
    package static func name(ofUser user: String) -> String? {
        if user.utf8.elementsEqual(bootstrapUser.utf8) { return bootstrapName }
        guard user.utf8.starts(with: userPrefix.utf8) else { return nil }
        return String(decoding: user.utf8.dropFirst(userPrefix.utf8.count), as: UTF8.self)
    }

    package var isBootstrap: Bool { metadata.name == Self.bootstrapName }
}

extension BreakGlassCertificate.Status {
    package var expiration: Int64? { expirationTime.flatMap(Timestamp.seconds) }
    package var lastUse: Int64? { lastUsedTime.flatMap(Timestamp.seconds) }
}
