/// A rough worst case of what a run costs, for warnings at admission; the limit at run time is what protects.
enum CostEstimate {
    /// How often a loop over something of unknown length is taken to run.
    private static let assumedLength: UInt64 = 100
    /// What one call is taken to cost when its arguments are not known.
    private static let assumedCall: UInt64 = 10

    static func worstCase(of node: Expression) -> UInt64 {
        switch node.kind {
        case .literal: 0
        case .identifier, .select: sum(node.kind.children, plus: 1)
        case .call: sum(node.kind.children, plus: assumedCall)
        case .list, .map, .message: sum(node.kind.children, plus: Cost.messageCreation)
        case .comprehension(let fold): comprehension(fold)
        }
    }

    private static func comprehension(_ fold: Expression.Comprehension) -> UInt64 {
        let perElement = sum([fold.condition, fold.step], plus: 0)
        let (product, overflow) = perElement.multipliedReportingOverflow(by: length(of: fold.range))
        return overflow ? .max : sum([fold.range, fold.initial, fold.result], plus: product)
    }

    private static func length(of range: Expression) -> UInt64 {
        switch range.kind {
        case .list(let elements): UInt64(elements.count)
        case .map(let entries): UInt64(entries.count)
        default: assumedLength
        }
    }

    private static func sum(_ nodes: [Expression], plus start: UInt64) -> UInt64 {
        nodes.reduce(start) { total, node in
            let (sum, overflow) = total.addingReportingOverflow(worstCase(of: node))
            return overflow ? .max : sum
        }
    }
}
