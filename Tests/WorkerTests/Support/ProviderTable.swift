import Authenticator
import Snapshot

/// A source of keys that always says the same.
struct ProviderTable: ProviderSource {
    var answer: Result<ProviderMaterial, ProviderFailure> = .failure(
        .unreachable(url: "https://idp.example", "connection refused")
    )

    func fetch(_ issuer: Issuer, last: ProviderMaterial?) async throws(ProviderFailure) -> ProviderMaterial { try answer.get() }
}
