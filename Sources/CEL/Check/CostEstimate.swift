/// What a run costs at least and at most, in the units of the run-time cost limit.
package struct CostEstimate: Hashable, Sendable {
    package let minimum: UInt64
    package let maximum: UInt64

    static let nothing = CostEstimate(fixed: 0)

    init(minimum: UInt64, maximum: UInt64) {
        self.minimum = minimum
        self.maximum = maximum
    }

    init(fixed: UInt64) { self.init(minimum: fixed, maximum: fixed) }

    static func + (left: CostEstimate, right: CostEstimate) -> CostEstimate {
        CostEstimate(minimum: left.minimum.plus(right.minimum), maximum: left.maximum.plus(right.maximum))
    }

    func times(_ size: SizeRange) -> CostEstimate {
        CostEstimate(minimum: minimum.times(size.minimum), maximum: maximum.times(size.maximum))
    }

    /// Either of two.
    func or(_ other: CostEstimate) -> CostEstimate {
        CostEstimate(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}

/// How large a text, bytes, a list or a map may be.
package struct SizeRange: Hashable, Sendable {
    package let minimum: UInt64
    package let maximum: UInt64

    package static let unknown = SizeRange(minimum: 0, maximum: .max)
    static let scalar = SizeRange(fixed: 1)

    package init(minimum: UInt64 = 0, maximum: UInt64) {
        self.minimum = minimum
        self.maximum = maximum
    }

    package init(fixed: UInt64) { self.init(minimum: fixed, maximum: fixed) }

    static func + (left: SizeRange, right: SizeRange) -> SizeRange {
        SizeRange(minimum: left.minimum.plus(right.minimum), maximum: left.maximum.plus(right.maximum))
    }

    func times(_ other: SizeRange) -> SizeRange {
        SizeRange(minimum: minimum.times(other.minimum), maximum: maximum.times(other.maximum))
    }

    func or(_ other: SizeRange) -> SizeRange {
        SizeRange(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}

/// How large the variables of an expression and what they hold may be: what the caller knows and the expression does not say.
package struct SizeHints: Sendable {
    /// Gives nil where nothing is known. A path begins with a variable; the members of a list and a map are `@items`, `@keys` and `@values`.
    package let size: @Sendable (_ path: [String]) -> SizeRange?

    package init(_ size: @escaping @Sendable (_ path: [String]) -> SizeRange?) { self.size = size }

    package static let unknown = SizeHints { _ in nil }

    /// Everything that a variable holds is at most so large.
    package static func upTo(_ maximum: UInt64) -> SizeHints { SizeHints { _ in SizeRange(maximum: maximum) } }
}
