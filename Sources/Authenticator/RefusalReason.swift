extension Refusal {
    /// The closed list of reasons. The raw values are interface: logs, metrics and `TokenReview` show them.
    package enum Reason: String, CaseIterable, Sendable {
        // The request and the mode
        case tokenMissing = "token_missing"
        case tooLarge = "too_large"
        case modeNone = "mode_none"
        case wrongMode = "wrong_mode"
        // The token's form
        case malformed
        case issuerUnknown = "issuer_unknown"
        case algorithmNotAllowed = "algorithm_not_allowed"
        case headerNotAllowed = "header_not_allowed"
        case tokenTypeNotAllowed = "token_type_not_allowed"
        case tokenBound = "token_bound"
        // Keys and signature
        case providerUnavailable = "provider_unavailable"
        case keyUnknown = "key_unknown"
        case keyUnfit = "key_unfit"
        case signatureInvalid = "signature_invalid"
        // Claims that the standards define
        case audienceMismatch = "audience_mismatch"
        case expired
        case notYetValid = "not_yet_valid"
        case claimMissing = "claim_missing"
        case claimType = "claim_type"
        case emailUnverified = "email_unverified"
        case distributedClaims = "distributed_claims"
        // Claims that others know
        case claimsSourceUnavailable = "claims_source_unavailable"
        case claimsSourceRefused = "claims_source_refused"
        // What the configuration makes of them
        case claimRuleFailed = "claim_rule_failed"
        case userRuleFailed = "user_rule_failed"
        case expressionFailed = "expression_failed"
        case usernameInvalid = "username_invalid"
        case usernameReserved = "username_reserved"
        case uidInvalid = "uid_invalid"
        case groupInvalid = "group_invalid"
        case groupReserved = "group_reserved"
        case tooManyGroups = "too_many_groups"
        case extraInvalid = "extra_invalid"
        // Tokens of the built-in OAuth server
        case tokenUnknown = "token_unknown"
        // The reviewer of `webhookTokenAuthenticator`
        case webhookRefused = "webhook_refused"
        case webhookUnavailable = "webhook_unavailable"
        // A good identity, and a proxy that cannot take it
        case identityTooLarge = "identity_too_large"
        case identityUnfit = "identity_unfit"
        case identityForged = "identity_forged"
    }
}

extension Refusal.Reason {
    /// What a reason means and what to do about it, for the documentation and for `ctl`.
    package struct Explanation: Hashable, Sendable {
        package let meaning: String
        package let whatToDo: String

        fileprivate init(_ meaning: String, _ whatToDo: String) {
            self.meaning = meaning
            self.whatToDo = whatToDo
        }
    }

    /// The one table of reasons.
    package var explanation: Explanation {
        switch self {
        case .tokenMissing:
            Explanation("The request carries no bearer token.", "Send the header `Authorization: Bearer` with a token.")
        case .tooLarge:
            Explanation(
                "The token is longer than 16 KiB.",
                "Have the provider put less into it; usually it is a list of groups."
            )
        case .modeNone:
            Explanation("User tokens are switched off (`type: None`).", "Set `spec.type`, or use a client certificate.")
        case .wrongMode:
            Explanation(
                "The token is of a kind that the present `spec.type` does not take.",
                "Log in again; after a change of `spec.type` tokens of the other side are refused."
            )
        case .malformed:
            Explanation(
                "This is not a signed JSON Web Token in compact form.",
                "Check that the whole token was sent, unchanged: three parts of base64url without padding."
            )
        case .issuerUnknown:
            Explanation(
                "No provider is configured with the token's `iss`.",
                "Make `issuerURL` equal to `iss`, byte for byte; a slash at the end counts."
            )
        case .algorithmNotAllowed:
            Explanation(
                "The token is signed with an algorithm that proves nothing here (`none`, HS256) or that is not known.",
                "Have the provider sign with RS, PS or ES 256, 384 or 512, or with EdDSA."
            )
        case .headerNotAllowed:
            Explanation(
                "The token's header demands something that is not supported (`crit`, `b64`, a nested token).",
                "Have the provider issue plain signed tokens."
            )
        case .tokenTypeNotAllowed:
            Explanation("The token was made for another purpose, such as a logout.", "Send the ID token or the access token.")
        case .tokenBound:
            Explanation(
                "The token is bound to a key of its holder (`cnf`: DPoP or a client certificate), so it is no bearer token.",
                "Have the provider issue bearer tokens to this client: switch DPoP or certificate-bound tokens off for it."
            )
        case .providerUnavailable:
            Explanation(
                "No usable key of the provider is known yet, so nothing can be said about its tokens.",
                "Try again; look at the worker's status for the last error in fetching the provider's keys."
            )
        case .keyUnknown:
            Explanation(
                "The provider's key set has no key that the token could be signed with.",
                "After a key rotation, try again: it is \"not now\" until the provider was asked; then check which provider really issued it."
            )
        case .keyUnfit:
            Explanation(
                "The key that the token names is of another type than its algorithm, or was found unusable.",
                "Look at the unusable keys in the worker's status; correct the provider's key set."
            )
        case .signatureInvalid:
            Explanation(
                "The signature does not belong to this text and the provider's keys.",
                "Get a new token; this one was changed or forged."
            )
        case .audienceMismatch:
            Explanation(
                "The token was issued for other clients than the configured `audiences`.",
                "Log in with a configured client, or have the provider add the audience (Keycloak: an audience mapper)."
            )
        case .expired:
            Explanation("The token's time is over.", "Log in again; if it is new, compare the clocks.")
        case .notYetValid:
            Explanation(
                "The token's `nbf` is more than a minute ahead.",
                "Compare the clocks of the provider and of this machine."
            )
        case .claimMissing:
            Explanation(
                "A claim that the configuration needs is not in the token.",
                "Have the provider add it, or map another claim."
            )
        case .claimType:
            Explanation(
                "A claim has another JSON type than it must have, or is a date beyond the year 9999.",
                "Correct the claim at the provider, or map it by an expression."
            )
        case .emailUnverified:
            Explanation(
                "The user name is the e-mail address, and the provider says it was not verified.",
                "Verify the address at the provider."
            )
        case .distributedClaims:
            Explanation(
                "The groups are kept elsewhere (`_claim_sources`), and what is there, or the way to it, is not good.",
                "Look at the detail in the log; or have the provider put the groups into the token."
            )
        case .claimsSourceUnavailable:
            Explanation(
                "Claims that are kept elsewhere could not be fetched, so nothing can be said about the token.",
                "Try again; look at the detail in the log for the source and why it did not answer."
            )
        case .claimsSourceRefused:
            Explanation(
                "An external source of claims does not know the user, or refuses the user's token.",
                "Check the user at the source; a `predicates` entry can leave out tokens that it does not know."
            )
        case .claimRuleFailed:
            Explanation("A claim validation rule does not hold.", "Compare the token's claims with `claimValidationRules`.")
        case .userRuleFailed:
            Explanation("A user validation rule does not hold.", "Compare the mapped user with `userValidationRules`.")
        case .expressionFailed:
            Explanation(
                "An expression of the configuration could not be evaluated for this token.",
                "Guard claims that may be missing: `claims.?x.orValue(\"\")`, `has(claims.x)`."
            )
        case .usernameInvalid:
            Explanation(
                "The mapped user name is empty, too long, or has control characters.",
                "Map another claim to the user name, or correct it at the provider."
            )
        case .usernameReserved:
            Explanation(
                "The mapped user name begins with `system:`, which providers may not use.",
                "Set a prefix for user names, or allow it (docs/operations.md, reserved names)."
            )
        case .uidInvalid:
            Explanation("The mapped uid is too long or has control characters.", "Map another claim to the uid.")
        case .groupInvalid:
            Explanation("A mapped group is too long or has control characters.", "Correct the groups at the provider.")
        case .groupReserved:
            Explanation(
                "A mapped group begins with `system:`, which providers may not use.",
                "Set a prefix for groups, or allow it (docs/operations.md, reserved names)."
            )
        case .tooManyGroups:
            Explanation("The token gives more than 2000 groups.", "Have the provider send only the groups that matter here.")
        case .extraInvalid:
            Explanation(
                "The mapped extra attributes are too many or too long.",
                "Map fewer or shorter claims in `claimMappings.extra`."
            )
        case .webhookRefused:
            Explanation(
                "The reviewer of `webhookTokenAuthenticator` says that the token is nobody's.",
                "Get a token from whom the reviewer knows; the detail in the log holds its own words."
            )
        case .webhookUnavailable:
            Explanation(
                "The reviewer of `webhookTokenAuthenticator` could not be asked.",
                "Try again; check the reviewer and the kubeconfig in its secret."
            )
        case .tokenUnknown:
            Explanation("The built-in OAuth server knows no such token; it was deleted or never issued.", "Log in again.")
        case .identityTooLarge:
            Explanation(
                "The token is good, but the identity is larger than the 16 KiB that headers may have.",
                "Have the provider send fewer groups, or map only those that matter; `TokenReview` has no such limit."
            )
        case .identityUnfit:
            Explanation(
                "The token is good, but a name or group begins or ends with a blank or has characters that headers cannot carry.",
                "Correct the name at the provider, or map another claim."
            )
        case .identityForged:
            Explanation(
                "The client sent identity headers of its own, which the proxy cannot take out.",
                "Send none; let the proxy strip `X-Remote-*` where it can (docs/forward-auth.md)."
            )
        }
    }
}
