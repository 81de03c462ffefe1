/// How the claims of a token become a user: the policies of `Authentication` are already worked into plain prefixes.
package struct ClaimMappings: Codable, Hashable, Sendable {
    /// Where one attribute comes from.
    package enum Source: Codable, Hashable, Sendable {
        /// The named claim, with `prefix` in front; the prefix may be empty.
        case claim(String, prefix: String)
        /// A CEL expression over `claims`.
        case expression(String)
    }

    /// One `extra` attribute; a key occurs once.
    package struct Extra: Codable, Hashable, Sendable {
        package var key: String
        package var valueExpression: String

        package init(key: String, valueExpression: String) {
            self.key = key
            self.valueExpression = valueExpression
        }
    }

    /// What a groups claim means that is a string and not an array.
    package enum GroupsText: String, Codable, Hashable, Sendable {
        /// The name of one group, commas and all, as Kubernetes takes it.
        case oneGroup
    }

    package var username: Source
    /// nil: tokens give no groups.
    package var groups: Source?
    /// nil: a list with commas between the groups. Without a value nothing is encoded, so the digests of stored revisions hold.
    package var groupsText: GroupsText?
    /// nil: users have no uid.
    package var uid: Source?
    package var extra: [Extra]

    package init(
        username: Source,
        groups: Source? = nil,
        groupsText: GroupsText? = nil,
        uid: Source? = .claim("sub", prefix: ""),
        extra: [Extra] = []
    ) {
        self.username = username
        self.groups = groups
        self.groupsText = groupsText
        self.uid = uid
        self.extra = extra
    }
}

/// A condition on a token's claims; all of an issuer's must hold.
package enum ClaimValidationRule: Codable, Hashable, Sendable {
    /// The claim must be present, a string, and equal to the value.
    case requiredClaim(claim: String, requiredValue: String)
    /// A CEL expression over `claims` that must be true; `message` is for the log.
    case cel(expression: String, message: String)
}

/// A CEL condition on the user that the mappings made; all of an issuer's must hold.
package struct UserValidationRule: Codable, Hashable, Sendable {
    package var expression: String
    package var message: String

    package init(expression: String, message: String) {
        self.expression = expression
        self.message = message
    }
}
