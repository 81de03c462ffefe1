/// The state of one run of a program: its variables and what it has cost so far.
struct Evaluation {
    /// A local variable; an accumulator may hold an error that a later `&&` or `||` absorbs.
    enum Local {
        case value(CELValue)
        case failure(CELEvaluationError)
    }

    private let globals: [CELValue?]
    var locals: [Local]
    private let costLimit: UInt64
    private(set) var cost: UInt64 = 0

    init(globals: [CELValue?], localCount: Int, costLimit: UInt64) {
        self.globals = globals
        locals = Array(repeating: .value(.null), count: localCount)
        self.costLimit = costLimit
    }

    mutating func charge(_ price: UInt64) throws(CELEvaluationError) {
        let (sum, overflow) = cost.addingReportingOverflow(price)
        cost = overflow ? .max : sum
        if cost > costLimit { throw .costLimitExceeded }
    }

    /// To be asked before all that a value holds is walked through. Free for what is small, so that costs stay those of the
    /// reference implementation, which has no such bound.
    mutating func chargeWalk(_ value: CELValue) throws(CELEvaluationError) {
        switch value {
        case .list, .map, .optional:
            guard let weight = value.weight else { throw .costLimitExceeded }
            try charge(UInt64(weight / 1000))
        default: return
        }
    }

    func global(_ slot: Int, _ name: String) throws(CELEvaluationError) -> CELValue {
        guard let value = globals[slot] else { throw .unboundVariable(name) }
        return value
    }

    func local(_ slot: Int) throws(CELEvaluationError) -> CELValue {
        switch locals[slot] {
        case .value(let value): return value
        case .failure(let error): throw error
        }
    }
}

/// A node of a program: says how its value is found. Recursion is as deep as the tree, which the parser bounds.
protocol Step: Sendable {
    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue
}

/// A value known when the program was compiled; it costs nothing.
struct ConstantStep: Step {
    let value: CELValue

    func evaluate(_ run: inout Evaluation) throws(CELEvaluationError) -> CELValue { value }
}
