import Authenticator
import Discovery
import JSON
import Snapshot

/// The configuration that a token is judged by here, with the keys as far as they are known.
struct TokenConfiguration {
    /// `revision 7`, or a file's name.
    let name: String
    let compiled: CompiledSnapshot
    let keys: [ExactString: KeySet]
    var opaqueTokens = KnownOpaqueToken.notLookedUp
    /// What a person should know about where this comes from.
    var notes: [String]

    /// Takes the keys that the configuration itself has, and of the token's own provider those that it publishes now.
    static func gather(_ snapshot: WorkerSnapshot, name: String, for token: String) async throws -> TokenConfiguration {
        let compiled = try CompiledSnapshot.compile(snapshot)
        var keys: [ExactString: KeySet] = [:]
        var notes: [String] = []
        for issuer in snapshot.issuers {
            guard let text = issuer.staticKeys ?? issuer.seed?.jwks else { continue }
            do {
                keys[ExactString(issuer.issuerURL)] = try KeySet.parse(text)
            } catch {
                notes.append("the keys that the configuration has of provider \(issuer.name) cannot be read: \(error)")
            }
        }
        let named = (try? UnverifiedToken(token))?.claims["iss"]?.stringValue ?? ""
        if let issuer = snapshot.issuers.first(where: { $0.issuerURL.hasSameBytes(as: named) }), issuer.staticKeys == nil {
            do {
                let material = try await ProviderConnections.with { try await $0.fetch(issuer, last: nil) }
                keys[ExactString(issuer.issuerURL)] = try KeySet.parse(material.jwks)
            } catch {
                let instead =
                    issuer.seed == nil
                    ? "there are no others, so the signature cannot be checked"
                    : "those that came with the configuration are used"
                notes.append("the present keys of provider \(issuer.name) cannot be had (\(error)); \(instead)")
            }
        }
        return TokenConfiguration(name: name, compiled: compiled, keys: keys, notes: notes)
    }

    func report(on token: String, worker: WorkerVerdict?, now: Int64) -> TokenReport {
        let explanation = TokenAuthenticator(compiled).explain(
            token,
            keys: { keys[ExactString($0)] },
            opaqueTokens: opaqueTokens,
            now: now
        )
        return TokenReport(explanation: explanation, configuration: name, worker: worker, notes: notes)
    }
}
