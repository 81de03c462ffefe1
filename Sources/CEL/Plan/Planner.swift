/// Turns a checked tree into steps: names become slots, literals become constants, loops that collect become loops that append.
struct Planner {
    private let checked: CheckedExpression
    private(set) var globals: [String] = []
    private(set) var localCount = 0
    private var locals: [(name: String, slot: Int)] = []

    static func plan(_ checked: CheckedExpression) throws(PlanError) -> Plan {
        var planner = Planner(checked: checked)
        do throws(SourceProblem) {
            let root = try planner.plan(checked.parsed.root)
            return Plan(checked: checked, root: root, globals: planner.globals, localCount: planner.localCount)
        } catch {
            throw PlanError(problem: error)
        }
    }

    private init(checked: CheckedExpression) { self.checked = checked }

    func reference(_ node: Expression) -> CheckedExpression.Reference? { checked.references[node.id] }

    mutating func plan(_ node: Expression) throws(SourceProblem) -> any Step {
        switch node.kind {
        case .literal(let value): return ConstantStep(value: value)
        case .identifier, .select: return try attribute(node)
        case .call(let call): return try self.call(node, call)
        case .list(let elements): return try list(elements)
        case .map(let entries): return try map(entries)
        case .message(let name, let fields): return try message(name, fields, at: node.offset)
        case .comprehension(let fold): return try comprehension(fold, at: node.offset)
        case .hole: throw SourceProblem(offset: node.offset, message: "an expression is missing here")
        }
    }

    // MARK: - Attributes

    private mutating func attribute(_ node: Expression) throws(SourceProblem) -> any Step {
        switch reference(node) {
        case .constant(let value): return ConstantStep(value: value)
        case .variable(let name): return AttributeStep(base: base(of: name), qualifiers: [])
        case .overloads, nil: break
        }
        guard case .select(let operand, let field, let isTest) = node.kind else {
            throw SourceProblem(offset: node.offset, message: "undeclared reference")
        }
        var attribute = try qualified(operand, by: .init(field: field, isOptional: false))
        attribute.isTest = isTest
        return attribute
    }

    private mutating func base(of name: String) -> AttributeStep.Base {
        if let local = locals.last(where: { $0.name == name }) { return .local(slot: local.slot) }
        if let slot = globals.firstIndex(of: name) { return .global(slot: slot, name: name) }
        globals.append(name)
        return .global(slot: globals.count - 1, name: name)
    }

    /// Adds to the operand's own qualifiers where it has some, so that a chain of members is one step.
    private mutating func qualified(
        _ operand: Expression,
        by qualifier: AttributeStep.Qualifier
    ) throws(SourceProblem) -> AttributeStep {
        let step = try plan(operand)
        if var attribute = step as? AttributeStep, !attribute.isTest {
            attribute.qualifiers.append(qualifier)
            return attribute
        }
        return AttributeStep(base: .step(step), qualifiers: [qualifier], isFree: step is ConditionalStep)
    }

    /// A plain variable or member chosen by a condition is priced with the condition, which costs nothing itself.
    private mutating func branch(_ node: Expression) throws(SourceProblem) -> any Step {
        let step = try plan(node)
        guard var attribute = step as? AttributeStep else { return step }
        attribute.isFree = true
        return attribute
    }

    // MARK: - Calls

    private mutating func call(_ node: Expression, _ call: Expression.Call) throws(SourceProblem) -> any Step {
        let arguments = call.arguments
        switch (call.function, arguments.count) {
        case (Operator.and, 2): return AndStep(left: try plan(arguments[0]), right: try plan(arguments[1]))
        case (Operator.or, 2): return OrStep(left: try plan(arguments[0]), right: try plan(arguments[1]))
        case (Operator.conditional, 3):
            return ConditionalStep(
                condition: try plan(arguments[0]),
                then: try branch(arguments[1]),
                otherwise: try branch(arguments[2])
            )
        case (Operator.equal, 2), (Operator.notEqual, 2):
            let isNegated = call.function == Operator.notEqual
            return EqualityStep(left: try plan(arguments[0]), right: try plan(arguments[1]), isNegated: isNegated)
        case (Operator.index, 2), (Operator.optionalIndex, 2):
            let isOptional = call.function == Operator.optionalIndex
            let index = try plan(arguments[1])
            if let constant = index as? ConstantStep, !AttributeStep.isKey(constant.value) {
                let message = "invalid qualifier type: \(constant.value.runtimeType)"
                throw SourceProblem(offset: arguments[1].offset, message: message)
            }
            return try qualified(arguments[0], by: .init(index: index, isOptional: isOptional))
        case (Operator.optionalSelect, 2):
            guard case .literal(.string(let field)) = arguments[1].kind else { break }
            return try qualified(arguments[0], by: .init(field: field, isOptional: true))
        case ("or", 1), ("orValue", 1):
            guard let target = call.target else { break }
            let isUnwrapping = call.function == "orValue"
            return OptionalElseStep(
                optional: try plan(target),
                otherwise: try plan(arguments[0]),
                isUnwrapping: isUnwrapping
            )
        default: break
        }
        return try function(node, call)
    }

    private mutating func function(_ node: Expression, _ call: Expression.Call) throws(SourceProblem) -> any Step {
        guard case .overloads(let candidates, let isMember) = reference(node) else {
            throw SourceProblem(offset: node.offset, message: "undeclared reference to '\(call.function)'")
        }
        let nodes = (isMember ? call.target.map { [$0] } ?? [] : []) + call.arguments
        var steps: [any Step] = []
        for argument in nodes { steps.append(try plan(argument)) }
        let constants = steps.map { ($0 as? ConstantStep)?.value }
        let prepared = try prepare(call.function, candidates, constants, nodes)
        if call.function == Operator.in, steps.count == 2, let members = Self.members(constants[1]) {
            return MembershipStep(element: steps[0], members: members)
        }
        if let folded = try Self.fold(call.function, candidates, constants, at: nodes.first?.offset ?? node.offset) {
            return ConstantStep(value: folded)
        }
        if call.function == "dyn", steps.count == 1 { return DynamicStep(operand: steps[0]) }
        let isAlone = candidates.count == 1
        return CallStep(
            candidates: candidates.map { Candidate($0, isAlone: isAlone, prepared: prepared) },
            arguments: steps
        )
    }

    /// Functions whose literal argument must be right for the expression to compile.
    private static let strict: Set<String> = ["matches", "duration", "timestamp"]
    private static let conversions: Set<String> = [
        "bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint",
    ]

    private func prepare(
        _ function: String,
        _ candidates: [Overload],
        _ constants: [CELValue?],
        _ nodes: [Expression]
    ) throws(SourceProblem) -> Overload.Body? {
        guard candidates.count == 1, let prepare = candidates[0].prepare else { return nil }
        do {
            return try prepare(constants)
        } catch {
            guard Self.strict.contains(function) else { return nil }
            throw SourceProblem(offset: nodes.last?.offset ?? 0, message: "invalid \(function) argument")
        }
    }

    /// A conversion of a literal happens once, at compile time, and must succeed.
    private static func fold(
        _ function: String,
        _ candidates: [Overload],
        _ constants: [CELValue?],
        at offset: Int
    ) throws(SourceProblem) -> CELValue? {
        guard conversions.contains(function), constants.count == 1, let argument = constants[0],
            let body = candidates.lazy.map({ Candidate($0, isAlone: true, prepared: nil) })
                .first(where: { $0.accepts(Arguments([argument])) })?.body
        else { return nil }
        do {
            return try body(Arguments([argument]))
        } catch {
            let message = strict.contains(function) ? "invalid \(function) argument" : error.description
            throw SourceProblem(offset: offset, message: message)
        }
    }

    /// The members of a literal list that can be looked up: scalars, all of one type.
    private static func members(_ list: CELValue?) -> Set<CELValue>? {
        guard case .list(let elements)? = list else { return nil }
        for element in elements {
            switch element {
            case .bool, .int, .uint, .double, .string: guard element.runtimeType == elements[0].runtimeType else { return nil }
            default: return nil
            }
        }
        return Set(elements)
    }

    // MARK: - Aggregates

    private mutating func message(
        _ name: String,
        _ fields: [Expression.Field],
        at offset: Int
    ) throws(SourceProblem) -> any Step {
        guard let message = WellKnownMessage.all[name] else {
            throw SourceProblem(offset: offset, message: "undeclared reference to '\(name)' (in container '')")
        }
        var steps: [(name: String, step: any Step)] = []
        for field in fields { steps.append((field.name, try plan(field.value))) }
        return MessageStep(message: message, fields: steps)
    }

    private mutating func list(_ elements: [Expression.Element]) throws(SourceProblem) -> any Step {
        var steps: [(step: any Step, isOptional: Bool)] = []
        for element in elements { steps.append((try plan(element.value), element.isOptional)) }
        let constants = steps.compactMap { $0.isOptional ? nil : ($0.step as? ConstantStep)?.value }
        if constants.count == steps.count { return ConstantStep(value: .list(constants)) }
        return ListStep(elements: steps)
    }

    private mutating func map(_ entries: [Expression.Entry]) throws(SourceProblem) -> any Step {
        var steps: [(key: any Step, value: any Step, isOptional: Bool)] = []
        for entry in entries { steps.append((try plan(entry.key), try plan(entry.value), entry.isOptional)) }
        var constants: [(CELValue, CELValue)] = []
        for step in steps where !step.isOptional {
            guard let key = step.key as? ConstantStep, let value = step.value as? ConstantStep else { break }
            constants.append((key.value, value.value))
        }
        if constants.count == steps.count { return ConstantStep(value: .map(CELMap(constants))) }
        return MapStep(entries: steps)
    }

    // MARK: - Scopes

    mutating func declare(_ name: String) -> Int {
        let slot = locals.count
        locals.append((name, slot))
        localCount = max(localCount, locals.count)
        return slot
    }

    mutating func leaveScope(of count: Int) { locals.removeLast(count) }
}
