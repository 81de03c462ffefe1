package import JSON

/// `RolloutPolicy/cluster` of postern.dev/v1alpha1: how new revisions reach the workers.
///
/// Admission fills in every default, so a stored policy has all that are not optional.
package struct RolloutPolicy: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec

    package struct Spec: Codable, Hashable, Sendable {
        package var maxUnavailable: MaxUnavailable
        package var soakSeconds: Int64
        package var progressDeadlineSeconds: Int64
        package var multipleOIDCProviders: Bool
        package var unavailableProviderPolicy: UnavailableProviderPolicy
        package var automaticReturn: Bool
        // Fields from here on are nil in a policy that was stored before there were such.
        package var paused: Bool?
        package var assertions: [Assertion]?
        package var probeTokens: [ProbeToken]?
        package var loginGate: LoginGate?
        package var requireProofOfLogin: Bool?
        package var proofOfLoginSeconds: Int64?
        package var breakGlass: BreakGlass?
    }

    /// How logins at a new revision are compared with those before.
    package struct LoginGate: Codable, Hashable, Sendable {
        package var maximumDropPercent: Int64?
        package var minimumLogins: Int64?
        package var seconds: Int64?
    }

    /// What must be known of break-glass certificates before a mode that works is left.
    package struct BreakGlass: Codable, Hashable, Sendable {
        package static let defaultDays: Int64 = 7

        /// How long ago one may have been used; 0: it is not asked for.
        package var verifiedWithinDays: Int64
    }

    /// Claims of a token, and what a new configuration must make of them: a user, or a refusal.
    package struct Assertion: Codable, Hashable, Sendable {
        package var name: String
        package var claims: JSONValue
        package var username: String?
        package var groups: [String]?
        package var refused: Bool?
    }

    /// A real token in a secret, and who it must belong to by a new configuration.
    package struct ProbeToken: Codable, Hashable, Sendable {
        /// The key of the secret that holds it.
        package static let key = "token"

        package var name: String
        package var secret: NameReference
        package var username: String?
        package var groups: [String]?
        /// nil: it is.
        package var required: Bool?

        package init(name: String, secret: String, username: String? = nil, groups: [String]? = nil, required: Bool? = nil) {
            self.name = name
            self.secret = NameReference(name: secret)
            (self.username, self.groups, self.required) = (username, groups, required)
        }
    }

    package enum UnavailableProviderPolicy: String, Codable, Sendable {
        case hold = "Hold"
        case proceed = "Proceed"
    }

    /// A number of workers, or a share of them in percent.
    package enum MaxUnavailable: Codable, Hashable, Sendable {
        case count(Int)
        case percent(Int)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let count = try? container.decode(Int.self) {
                self = .count(count)
                return
            }
            let text = try container.decode(String.self)
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), (1...100).contains(percent) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither a number nor a percentage")
            }
            self = .percent(percent)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .count(let count): try container.encode(count)
            case .percent(let percent): try container.encode("\(percent)%")
            }
        }

        /// How many of `workers` may be away at the same time: at least one, or nothing would ever move.
        package func limit(of workers: Int) -> Int {
            switch self {
            case .count(let count): max(1, count)
            case .percent(let percent): max(1, workers * percent / 100)
            }
        }
    }
}
