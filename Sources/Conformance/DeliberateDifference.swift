import Authenticator
import JSON

/// Where Postern answers otherwise on purpose. A case counts as one of these only after its answer was found to differ.
enum DeliberateDifference {
    /// One row of the table: when it applies to a token's judgement, and why we differ.
    private struct Row: Sendable {
        let reason: String
        let applies: @Sendable (_ result: String, Decision, _ keys: KeySet?) -> Bool
    }

    private static let tokens = [
        Row(reason: "user names that are empty or have control characters are refused here") { result, decision, _ in
            result == "user" && decision.refusal?.reason == .usernameInvalid
        },
        Row(reason: "RSA keys of less than 2048 bits are not used here") { result, _, keys in
            result == "user" && hasUnusable(keys) { if case .rsaSize = $0 { true } else { false } }
        },
        Row(reason: "keys whose use, key_ops or alg say that they are for something else are not used here") {
            result,
            _,
            keys in
            result == "user"
                && hasUnusable(keys) {
                    switch $0 {
                    case .notForSignatures, .algorithm: true
                    default: false
                    }
                }
        },
        Row(reason: "one key that cannot be used does not spoil the others here") { result, decision, keys in
            ["error", "jwksError"].contains(result) && decision.identity != nil && hasUnusable(keys) { _ in true }
        },
    ]

    private static func hasUnusable(_ keys: KeySet?, _ fits: (UnusableKey.Reason) -> Bool) -> Bool {
        keys?.unusable.contains { fits($0.reason) } ?? false
    }

    /// - Parameter result: what the other program answers.
    static func reason(of token: String, _ result: String, _ decision: Decision, _ keys: KeySet?) -> String? {
        if result == "error", decision.identity != nil, ["EdDSA", "Ed25519"].contains(algorithm(of: token)) {
            return "EdDSA signatures are taken here"
        }
        return tokens.first { $0.applies(result, decision, keys) }?.reason
    }

    static func reason(ofConfiguration value: JSONValue) -> String? {
        let gates = value["featureGates"].stringValues
        return gates.contains { $0.hasSuffix("=false") } ? "there are no feature gates here that could be switched off" : nil
    }

    private static func algorithm(of token: String) -> String {
        guard let header = token.split(separator: ".", omittingEmptySubsequences: false).first,
            let bytes = Base64URL.decode(header.utf8), let value = try? JSONParser.parse(bytes)
        else { return "" }
        return value["alg"]?.stringValue ?? ""
    }
}
