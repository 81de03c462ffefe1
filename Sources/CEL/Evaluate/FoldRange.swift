/// What a fold runs over, and where its variables are kept.
struct FoldRange: Sendable {
    let range: any Step
    let first: Int
    let second: Int?

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> Elements {
        switch try range.evaluate(&run) {
        case .list(let list): return .list(list)
        case .map(let map): return .map(map.entries)
        default: throw .noSuchOverload
        }
    }

    enum Elements {
        case list([CELValue])
        case map([CELMap.Entry])

        var indices: Range<Int> {
            switch self {
            case .list(let list): list.indices
            case .map(let entries): entries.indices
            }
        }
    }

    /// Puts one pair into the variables: index and element, or key and value; with one variable the first one counts.
    func bind(_ elements: Elements, _ index: Int, _ run: inout Evaluation) {
        switch elements {
        case .list(let list):
            guard let second else { return run.locals[first] = list[index] }
            run.locals[first] = .int(Int64(index))
            run.locals[second] = list[index]
        case .map(let entries):
            run.locals[first] = entries[index].key
            if let second { run.locals[second] = entries[index].value }
        }
    }
}
