import Authenticator
import Discovery
import Foundation
import JSON
import Snapshot

/// The cases of `AuthenticateFamily` whose keys are fetched as a worker fetches them: discovery, then the key set, over HTTPS.
enum RemoteKeys {
    /// The case with its server at another address, whose certificate the configuration trusts.
    static func moved(_ one: ConformanceCase, to server: CaseServer) throws -> ConformanceCase {
        let text = JSONWriter.text(of: one.value).replacing(one.serverURL, with: server.url)
        var value = try JSONParser.parse(text, limits: ConformanceCase.limits)
        let issuers = value.value(at: "authenticationConfiguration", "jwt")?.arrayValue ?? []
        value["authenticationConfiguration"]?["jwt"] = .array(
            issuers.map { issuer in
                var issuer = issuer
                issuer["issuer"]?["certificateAuthority"] = .string(server.certificateAuthority)
                return issuer
            }
        )
        return ConformanceCase(name: one.name, value: value)
    }

    /// The keys of each issuer; none where they cannot be had.
    static func fetch(_ issuers: [Issuer]) async throws -> [ExactString: KeySet] {
        try await ProviderConnections.with { source in
            var keys: [ExactString: KeySet] = [:]
            for issuer in issuers {
                do throws(ProviderFailure) {
                    let material = try await source.fetch(issuer, last: nil)
                    keys[ExactString(issuer.issuerURL)] = try? KeySet.parse(material.jwks)
                } catch {
                    continue
                }
            }
            return keys
        }
    }
}
