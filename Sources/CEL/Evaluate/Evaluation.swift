/// The state of one run of a program: its variables and what it has cost so far.
struct Evaluation {
    private let globals: GlobalValues
    var locals: [CELValue]
    private let costLimit: UInt64
    private(set) var cost: UInt64 = 0

    init(globals: GlobalValues, localCount: Int, costLimit: UInt64) {
        self.globals = globals
        locals = localCount == 0 ? [] : Array(repeating: .null, count: localCount)
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
        guard !value.isScalar else { return }
        guard let weight = value.weight else { throw .costLimitExceeded }
        try charge(UInt64(weight / 1000))
    }

    func global(_ slot: Int, _ name: String) throws(CELEvaluationError) -> CELValue {
        guard let value = globals[slot] else { throw .unboundVariable(name) }
        return value
    }
}

/// The variables of one run by their slots; nearly every program reads one or two, which are kept in place.
struct GlobalValues: Sendable {
    private var first: CELValue?
    private var second: CELValue?
    private var others: [CELValue?] = []

    init(_ names: [String], in variables: [String: CELValue]) {
        for (slot, name) in names.enumerated() {
            switch slot {
            case 0: first = variables[name]
            case 1: second = variables[name]
            default: others.append(variables[name])
            }
        }
    }

    subscript(slot: Int) -> CELValue? {
        switch slot {
        case 0: first
        case 1: second
        default: others[slot - 2]
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
