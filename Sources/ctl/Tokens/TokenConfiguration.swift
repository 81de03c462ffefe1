import Authenticator
import Discovery
import JSON
import Resolve
import Snapshot

/// The configuration that a token is judged by here, with the keys as far as they are known.
struct TokenConfiguration {
    /// `revision 7`, or a file's name.
    let name: String
    let compiled: CompiledSnapshot
    private(set) var keys: [ExactString: KeySet]
    var opaqueTokens = KnownOpaqueToken.notLookedUp
    /// What a person should know about where this comes from.
    var notes: [String]
    /// The same about providers that the token does not name; of interest where it is not accepted.
    private(set) var notesOnOthers: [String] = []

    /// Takes the keys that the configuration itself has, and asks the token's own provider for those that it publishes now.
    static func gather(_ snapshot: WorkerSnapshot, name: String, for token: String) async throws -> TokenConfiguration {
        var configuration = TokenConfiguration(name: name, compiled: try .compile(snapshot), keys: [:], notes: [])
        for issuer in snapshot.issuers {
            if let text = issuer.staticKeys ?? issuer.seed?.jwks { configuration.take(text, of: issuer) }
        }
        let named = (try? UnverifiedToken(token))?.claims["iss"]?.stringValue ?? ""
        let own = snapshot.issuers.filter { $0.issuerURL.hasSameBytes(as: named) }
        // Of the others the present keys are of interest only where there are none at all: they answer who else would say yes.
        let others = snapshot.issuers.filter { configuration.keys[ExactString($0.issuerURL)] == nil }.prefix(maximumOthers)
        let asked = own + others.filter { !$0.issuerURL.hasSameBytes(as: named) }
        let found = try await published(by: asked.filter { $0.staticKeys == nil })
        for issuer in asked {
            switch found[ExactString(issuer.issuerURL)] {
            case .success(let material): configuration.take(material.jwks, of: issuer)
            case .failure(let failure) where own.contains(issuer):
                configuration.notes.append("\(failure.advice(for: issuer)). Until then \(instead(of: issuer))")
            case .failure(let failure):
                let advice = failure.advice(for: issuer)
                configuration.notesOnOthers.append("\(advice). Until then it is not known whether it would accept the token")
            case nil: break
            }
        }
        return configuration
    }

    /// A few providers are asked, not thousands.
    private static let maximumOthers = 16

    private mutating func take(_ text: String, of issuer: Issuer) {
        do {
            keys[ExactString(issuer.issuerURL)] = try KeySet.parse(text)
        } catch {
            notes.append("the keys of provider \"\(issuer.name)\" cannot be read: \(error)")
        }
    }

    private static func published(
        by issuers: [Issuer]
    ) async throws -> [ExactString: Result<ProviderMaterial, ProviderFailure>] {
        try await ProviderConnections.with { source in
            await withTaskGroup { group in
                for issuer in issuers {
                    // All at once: one that hangs must not hold up the others. There are at most the token's own and `maximumOthers`.
                    group.addTask {
                        let result: Result<ProviderMaterial, ProviderFailure>
                        do throws(ProviderFailure) {
                            result = .success(try await source.fetch(issuer, last: nil))
                        } catch {
                            result = .failure(error)
                        }
                        return (ExactString(issuer.issuerURL), result)
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
    }

    private static func instead(of issuer: Issuer) -> String {
        issuer.seed == nil
            ? "the signature cannot be checked, as there are no other keys"
            : "the keys that came with the configuration are used"
    }

    func report(on token: String, worker: WorkerVerdict?, now: Int64) -> TokenReport {
        let explanation = TokenAuthenticator(compiled).explain(
            token,
            keys: { keys[ExactString($0)] },
            opaqueTokens: opaqueTokens,
            now: now
        )
        return TokenReport(
            explanation: explanation,
            configuration: name,
            mode: compiled.snapshot.mode,
            worker: worker,
            notes: explanation.decision.identity == nil ? notes + notesOnOthers : notes
        )
    }
}
