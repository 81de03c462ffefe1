import AuthenticationFile
import Authenticator
import Client
import Discovery
import Foundation
import JSON
import Snapshot

/// The configuration that a token is judged by here, with the keys as far as they are known.
struct TokenConfiguration {
    /// `revision 7`, or a file's name.
    let name: String
    let compiled: CompiledSnapshot
    let keys: [ExactString: KeySet]
    /// What a person should know about the keys.
    let notes: [String]

    // MARK: Where it comes from

    /// - Parameter number: nil: the newest revision that there is.
    static func revision(_ number: Int64?, _ client: ControllerClient, for token: String) async throws -> TokenConfiguration {
        let number = if let number { number } else { try await newest(client) }
        let path = ResourcePath("postern.dev/v1alpha1", "authenticationrevisions", name: "authentication-\(number)")
        guard let object = try await client.find(path), let value = object.value(at: "spec", "snapshot") else {
            throw CommandFailure("there is no revision \(number); ctl rollout history lists them")
        }
        return try await gather(try value.decoded(as: WorkerSnapshot.self), name: "revision \(number)", for: token)
    }

    private static func newest(_ client: ControllerClient) async throws -> Int64 {
        let status = try await client.find(RolloutGathering.kubeAPIServer)
        guard let number = status?.value(at: "status", "latestAvailableRevision")?.integerValue, number > 0 else {
            throw CommandFailure("there is no revision yet; ctl describe authentication cluster tells what is missing")
        }
        return number
    }

    static func read(_ path: String, for token: String) async throws -> TokenConfiguration {
        let name = path == "-" ? "standard input" : path
        let configuration = try AuthenticationConfiguration.read(try ManifestFiles.bytes(of: path), source: name)
        return try await gather(try configuration.snapshot(revision: 1), name: name, for: token)
    }

    // MARK: Its keys

    /// The keys that the configuration itself has, and of the token's own provider those that it publishes now.
    private static func gather(
        _ snapshot: WorkerSnapshot,
        name: String,
        for token: String
    ) async throws -> TokenConfiguration {
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
                    issuer.seed == nil ? "and the configuration has none" : "those that came with the configuration are used"
                notes.append("the present keys of provider \(issuer.name) cannot be had (\(error)), \(instead)")
            }
        }
        return TokenConfiguration(name: name, compiled: compiled, keys: keys, notes: notes)
    }

    func report(on token: String, worker: WorkerVerdict?, now: Int64) -> TokenReport {
        let explanation = TokenAuthenticator(compiled).explain(token, keys: { keys[ExactString($0)] }, now: now)
        return TokenReport(explanation: explanation, configuration: name, worker: worker, notes: notes)
    }
}
