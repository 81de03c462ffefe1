import Authenticator
import JSON
import Snapshot

/// What a worker's `Node` says of one provider.
enum ProviderStatus {
    /// Of more unusable keys only the number is told.
    static let maximumUnusable = 16

    static func value(of issuer: Issuer, keys: IssuerKeys?, lastFailure: String?) -> JSONValue {
        var status: JSONValue = [
            "name": .string(issuer.name), "issuerURL": .string(issuer.issuerURL),
            "keys": .integer(Int64(keys?.set.keys.count ?? 0)),
            "keySource": .string(issuer.staticKeys == nil ? "Provider" : "Configuration"),
            "unusableKeys": .array(unusable(keys).map(JSONValue.string)),
        ]
        if let fetchedAt = keys?.seed?.fetchedAt, fetchedAt > 0 {
            status["lastFetchTime"] = .string(Timestamp.text(of: fetchedAt))
        }
        status["keyHost"] = keys?.material?.foreignKeyHost.map(JSONValue.string)
        status["lastError"] = lastFailure.map(JSONValue.string)
        return status
    }

    private static func unusable(_ keys: IssuerKeys?) -> [String] {
        let all = keys?.set.unusable ?? []
        let rest = all.count - maximumUnusable
        return all.prefix(maximumUnusable).map { "\($0)" } + (rest > 0 ? ["and \(rest) more"] : [])
    }
}

extension KeyRefresh {
    /// One entry for each provider.
    func providerStatus(of state: WorkerState) -> [JSONValue] {
        (state.snapshot?.issuers ?? []).map { issuer in
            ProviderStatus.value(of: issuer, keys: state.keys[issuer.issuerURL], lastFailure: lastFailure(of: issuer))
        }
    }
}
