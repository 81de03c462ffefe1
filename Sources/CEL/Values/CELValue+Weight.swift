/// Values share their parts, so `[a, a]` repeated thirty times is a small value that takes a billion steps to walk through.
/// Whoever walks through a whole value asks here first.
extension CELValue {
    /// How many nodes one operation may walk through.
    static let maximumWeight = 100_000
    /// How deep a value may be nested that is walked through; walks recurse.
    static let maximumDepth = 1000

    /// How many nodes there are, parts in common counted as often as they are met; nil when it is more than `maximumWeight`, or too deep.
    var weight: Int? {
        var budget = Self.maximumWeight
        return spend(&budget, depth: Self.maximumDepth) ? Self.maximumWeight - budget : nil
    }

    /// False as soon as the budget is used up.
    private func spend(_ budget: inout Int, depth: Int) -> Bool {
        budget -= 1
        guard budget >= 0, depth >= 0 else { return false }
        switch self {
        case .list(let list): return list.allSatisfy { $0.spend(&budget, depth: depth - 1) }
        case .map(let map):
            return map.entries.allSatisfy {
                $0.key.spend(&budget, depth: depth - 1) && $0.value.spend(&budget, depth: depth - 1)
            }
        case .optional(let value): return value?.spend(&budget, depth: depth - 1) ?? true
        default: return true
        }
    }
}
