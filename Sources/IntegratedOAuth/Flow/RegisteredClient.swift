import Foundation

/// An `OAuthClient` object as the flow needs it.
package struct RegisteredClient: Hashable, Sendable {
    package var name: String
    /// Any of these authenticates the client; empty: a public client.
    package var secrets: [String]
    package var redirectURIs: [String]
    /// Whether a user may log in by a Basic challenge instead of a page.
    package var respondWithChallenges: Bool
    package var accessTokenMaxAgeSeconds: Int64?
    package var accessTokenInactivityTimeoutSeconds: Int64?

    package init(
        name: String,
        secrets: [String] = [],
        redirectURIs: [String],
        respondWithChallenges: Bool = false,
        accessTokenMaxAgeSeconds: Int64? = nil,
        accessTokenInactivityTimeoutSeconds: Int64? = nil
    ) {
        self.name = name
        self.secrets = secrets
        self.redirectURIs = redirectURIs
        self.respondWithChallenges = respondWithChallenges
        self.accessTokenMaxAgeSeconds = accessTokenMaxAgeSeconds
        self.accessTokenInactivityTimeoutSeconds = accessTokenInactivityTimeoutSeconds
    }

    package var isPublic: Bool { secrets.isEmpty }

    /// The address to answer to, or nil when the asked one is not registered.
    ///
    /// Compared byte for byte, but for the port of a loopback IP address (RFC 8252, section 7.3).
    package func redirectURI(requested: String?) -> String? {
        guard let requested else { return redirectURIs.count == 1 ? redirectURIs[0] : nil }
        if redirectURIs.contains(where: { $0.utf8.elementsEqual(requested.utf8) }) { return requested }
        return redirectURIs.contains { Self.isLoopback($0, matching: requested) } ? requested : nil
    }

    private static func isLoopback(_ registered: String, matching requested: String) -> Bool {
        for host in ["http://127.0.0.1", "http://[::1]"] {
            guard registered.hasPrefix(host), requested.hasPrefix(host + ":") else { continue }
            let rest = requested.dropFirst(host.count + 1)
            let port = rest.prefix { $0.isASCII && $0.isNumber }
            guard UInt16(port) != nil else { return false }
            return rest.dropFirst(port.count).utf8.elementsEqual(registered.dropFirst(host.count).utf8)
        }
        return false
    }

    package func accepts(secret: String) -> Bool {
        secrets.reduce(false) { isEqualInConstantTime($1.utf8, secret.utf8) || $0 }
    }
}
