/// One statement about an object: whether it holds, since when, and why.
package struct Condition: Codable, Hashable, Sendable {
    package enum Status: String, Codable, Sendable {
        case `true` = "True"
        case `false` = "False"
        case unknown = "Unknown"
    }

    package var type: String
    package var status: Status
    /// A word for programs.
    package var reason: String?
    /// A sentence for people.
    package var message: String?
    /// RFC 3339.
    package var lastTransitionTime: String?
    package var observedGeneration: Int64?

    package init(
        type: String,
        status: Status,
        reason: String,
        message: String,
        lastTransitionTime: String? = nil,
        observedGeneration: Int64? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
        self.observedGeneration = observedGeneration
    }
}

extension [Condition] {
    package subscript(type type: String) -> Condition? { first { $0.type == type } }

    /// Puts a condition in the place of the one with its type, or at the end.
    ///
    /// The time of transition stays while the status stays, and becomes `now` (RFC 3339) when it changes.
    package mutating func set(_ condition: Condition, now: String) {
        var condition = condition
        guard let index = firstIndex(where: { $0.type == condition.type }) else {
            condition.lastTransitionTime = now
            append(condition)
            return
        }
        condition.lastTransitionTime = self[index].status == condition.status ? self[index].lastTransitionTime ?? now : now
        self[index] = condition
    }
}
