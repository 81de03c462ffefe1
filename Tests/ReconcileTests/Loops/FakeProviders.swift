import Authenticator
import Snapshot
import Synchronization

/// Providers as a table: what each issuer answers, and how often it was asked.
final class FakeProviders: ProviderSource {
    private struct State {
        var answers: [String: Result<ProviderMaterial, ProviderFailure>] = [:]
        var asked = 0
        var hanging: Set<String> = []
    }

    private let state = Mutex(State())

    /// One EC key; who needs other keys puts them there.
    static let keys =
        #"{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","use":"sig","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#

    func answer(_ issuer: String, _ answer: Result<ProviderMaterial, ProviderFailure>) {
        state.withLock { $0.answers[issuer] = answer }
    }

    func serve(_ issuer: String) { answer(issuer, .success(ProviderMaterial(jwks: Self.keys, signingAlgorithms: ["ES256"]))) }

    /// The issuer does not answer at all, until the question is withdrawn.
    func hang(_ issuer: String) { state.withLock { _ = $0.hanging.insert(issuer) } }

    var asked: Int { state.withLock { $0.asked } }

    func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial {
        let (answer, hangs) = state.withLock { state in
            state.asked += 1
            return (state.answers[issuer.issuerURL], state.hanging.contains(issuer.issuerURL))
        }
        if hangs {
            // Ends when the loop withdraws the question; the error is the cancellation.
            do { try await Task.sleep(for: .seconds(60)) } catch {}
            throw .unreachable(url: issuer.issuerURL, "no answer")
        }
        guard let answer else { throw .unreachable(url: issuer.issuerURL, "connection refused") }
        return try answer.get()
    }
}
