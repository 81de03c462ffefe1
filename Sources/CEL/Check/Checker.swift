/// Finds out what every name means and what type every node has, and collects everything that does not fit.
struct Checker {
    private let environment: CELEnvironment
    private var bindings = TypeBindings()
    private var scopes: [[String: CELType]]
    private var types: [CELType]
    private var references: [Int: CheckedExpression.Reference] = [:]
    private var problems: [SourceProblem] = []

    static func check(
        _ parsed: ParsedExpression,
        in environment: CELEnvironment,
        variables: [String: CELType]
    ) throws(CheckError) -> CheckedExpression {
        var checker = Checker(environment: environment, variables: variables, idCount: parsed.idCount)
        _ = checker.check(parsed.root)
        let types = checker.types.map { checker.bindings.resolve($0, isFinal: true) }
        let checked = CheckedExpression(parsed: parsed, types: types, references: checker.references)
        // Literals are looked at only when everything else is in order, as in the reference implementation.
        let problems = checker.problems.isEmpty ? LiteralRules.problems(in: checked) : checker.problems
        guard problems.isEmpty else { throw CheckError(problems: problems) }
        return checked
    }

    private init(environment: CELEnvironment, variables: [String: CELType], idCount: Int) {
        self.environment = environment
        scopes = [variables]
        types = Array(repeating: .error, count: idCount)
    }

    // MARK: - Nodes

    private mutating func check(_ node: Expression) -> CELType {
        let type = infer(node)
        types[node.id] = type
        return type
    }

    private mutating func infer(_ node: Expression) -> CELType {
        switch node.kind {
        case .literal(let value): return value.literalType
        case .identifier(let name): return identifier(name, node)
        case .select(let operand, let field, let isTest): return select(node, operand, field, isTest: isTest)
        case .call(let call): return self.call(node, call)
        case .list(let elements): return list(elements)
        case .map(let entries): return map(entries)
        case .message(let name, let fields): return message(name, fields, node)
        case .comprehension(let fold): return comprehension(fold)
        case .hole(let parts):
            for part in parts { _ = check(part) }
            return .error
        }
    }

    private mutating func fail(_ offset: Int, _ message: String) -> CELType {
        problems.append(SourceProblem(offset: offset, message: message))
        return .error
    }

    private mutating func identifier(_ name: String, _ node: Expression) -> CELType {
        if let known = lookUp(name, node) { return known }
        return undeclared(name, at: node.offset, known: scopes.flatMap(\.keys))
    }

    private mutating func undeclared(_ name: String, at offset: Int, known: [String]) -> CELType {
        let hint = Suggestion.nearest(to: name, in: known).map { ", did you mean '\($0)'?" } ?? ""
        return fail(offset, "undeclared reference to '\(name)' (in container '')\(hint)")
    }

    private mutating func lookUp(_ name: String, _ node: Expression) -> CELType? {
        for scope in scopes.reversed() {
            guard let type = scope[name] else { continue }
            references[node.id] = .variable(name)
            return type
        }
        guard let type = environment.constants[name] else { return nil }
        references[node.id] = .constant(.type(type))
        return .type(type)
    }

    // MARK: - Selection

    private mutating func select(_ node: Expression, _ operand: Expression, _ field: String, isTest: Bool) -> CELType {
        if !isTest, let name = Parser.qualifiedName(node), isGlobal(name), let type = lookUp(name, node) { return type }
        let type = member(field, of: check(operand), at: node.offset, isOptional: false)
        return isTest ? .bool : type
    }

    /// A qualified name must not be taken for a member of a local variable.
    private func isGlobal(_ name: String) -> Bool {
        let first = String(name.prefix { $0 != "." })
        return scopes.dropFirst().allSatisfy { $0[first] == nil }
    }

    private mutating func member(_ field: String, of operand: CELType, at offset: Int, isOptional: Bool) -> CELType {
        var target = bindings.resolve(operand)
        var isOptional = isOptional
        if case .optional(let value) = target {
            target = bindings.resolve(value)
            isOptional = true
        }
        let type: CELType
        switch target {
        case .map(_, let value): type = value
        case .object(let object):
            if let known = object.fields[field] ?? object.fields[PropertyName.unescape(field)] {
                type = known
            } else {
                let known = object.fields.keys.sorted().prefix(Self.maximumNamed).map { "'\($0)'" }.joined(separator: ", ")
                type = fail(offset, "undefined field '\(field)', expected \(known.isEmpty ? "none" : "one of \(known)")")
            }
        case .variable:
            _ = bindings.assign(.dyn, to: target)
            type = .dyn
        case .dyn, .any, .error: type = .dyn
        default: type = fail(offset, "type '\(target)' does not support field selection")
        }
        return isOptional && type != .error ? .optional(type) : type
    }

    // MARK: - Calls

    private mutating func call(_ node: Expression, _ call: Expression.Call) -> CELType {
        if call.function == Operator.optionalSelect { return optionalSelect(call, node) }
        let arguments = call.arguments.map { check($0) }
        guard let target = call.target else {
            guard let overloads = environment.overloads(of: call.function) else {
                return undeclared(call.function, at: node.offset, known: environment.functionNames)
            }
            return resolve(node, call.function, overloads, .function, arguments)
        }
        // `sets.contains(a, b)` is a function with a dot in its name, unless `sets` is a variable.
        if let name = Parser.qualifiedName(target), isGlobal(name),
            let overloads = environment.overloads(of: "\(name).\(call.function)")
        {
            return resolve(node, "\(name).\(call.function)", overloads, .function, arguments)
        }
        let receiver = check(target)
        guard let overloads = environment.overloads(of: call.function) else {
            return undeclared(call.function, at: node.offset, known: environment.functionNames)
        }
        return resolve(node, call.function, overloads, .member, [receiver] + arguments)
    }

    private mutating func optionalSelect(_ call: Expression.Call, _ node: Expression) -> CELType {
        guard call.arguments.count == 2, case .literal(.string(let field)) = call.arguments[1].kind else { return .error }
        types[call.arguments[1].id] = .string
        return member(field, of: check(call.arguments[0]), at: node.offset, isOptional: true)
    }

    private mutating func resolve(
        _ node: Expression,
        _ function: String,
        _ overloads: [Overload],
        _ style: Overload.Style,
        _ arguments: [CELType]
    ) -> CELType {
        let given = arguments.map { bindings.resolve($0) }
        var matches: [Overload] = []
        var result: CELType?
        for overload in overloads where overload.style == style {
            var parameters: [String: CELType] = [:]
            for name in overload.typeParameters {
                parameters[name] = bindings.fresh()
            }
            guard bindings.assign(given, to: overload.parameters.map { $0.replacing(parameters) }) else { continue }
            matches.append(overload)
            let candidate = bindings.resolve(overload.result.replacing(parameters))
            result = result == nil || result == candidate ? candidate : .dyn
        }
        guard let result else {
            let written = given.map { bindings.resolve($0, isFinal: false) }
            return fail(node.offset, Self.noMatch(function, style, written, overloads))
        }
        references[node.id] = .overloads(matches, isMember: style == .member)
        return result
    }

    /// How many alternatives a message lists.
    private static let maximumNamed = 8

    private static func noMatch(
        _ function: String,
        _ style: Overload.Style,
        _ types: [CELType],
        _ overloads: [Overload]
    ) -> String {
        let candidates = overloads.filter { $0.style == style }
        let expected = candidates.prefix(maximumNamed).map { "'\(signature(style, $0.parameters))'" }
        let more = candidates.count > maximumNamed ? ", …" : ""
        let hint = expected.isEmpty ? "" : ", expected \(expected.joined(separator: ", "))\(more)"
        return "found no matching overload for '\(function)' applied to '\(signature(style, types))'\(hint)"
    }

    private static func signature(_ style: Overload.Style, _ types: [CELType]) -> String {
        let arguments = (style == .member ? types.dropFirst() : types[...]).map(\.description).joined(separator: ", ")
        return (style == .member ? "\(types.first ?? .error)." : "") + "(\(arguments))"
    }

    // MARK: - Aggregates

    private mutating func message(_ name: String, _ fields: [Expression.Field], _ node: Expression) -> CELType {
        let message = WellKnownMessage.all[name]
        if message == nil { _ = fail(node.offset, "undeclared reference to '\(name)' (in container '')") }
        for field in fields {
            let type = check(field.value)
            guard let message else { continue }
            guard let wanted = message.fields[field.name] else {
                _ = fail(field.offset, "undefined field '\(field.name)'")
                continue
            }
            expect(type, wanted, at: field.offset)
        }
        return message?.type ?? .error
    }

    private mutating func list(_ elements: [Expression.Element]) -> CELType {
        var common: CELType?
        for element in elements {
            let type = check(element.value)
            common = join(common, unwrapped(type, element.isOptional, at: element.value.offset))
        }
        return .list(common ?? bindings.fresh())
    }

    private mutating func map(_ entries: [Expression.Entry]) -> CELType {
        var keys: CELType?
        var values: CELType?
        for entry in entries {
            keys = join(keys, check(entry.key))
            let type = check(entry.value)
            values = join(values, unwrapped(type, entry.isOptional, at: entry.value.offset))
        }
        return .map(keys ?? bindings.fresh(), values ?? bindings.fresh())
    }

    private mutating func unwrapped(_ type: CELType, _ isOptional: Bool, at offset: Int) -> CELType {
        guard isOptional else { return type }
        switch bindings.resolve(type) {
        case .optional(let value): return value
        case .dyn, .any, .error, .variable: return .dyn
        case let other: return fail(offset, "expected type 'optional_type(\(other))' but found '\(other)'")
        }
    }

    /// The type of two elements together: the more general one, or `dyn` when they differ.
    private mutating func join(_ common: CELType?, _ type: CELType) -> CELType {
        guard let common else { return type }
        guard bindings.assign(common, to: type) else { return .dyn }
        return TypeBindings.isAtLeastAsGeneral(common, type) ? common : type
    }

    // MARK: - Comprehensions

    private mutating func comprehension(_ fold: Expression.Comprehension) -> CELType {
        let range = bindings.resolve(check(fold.range))
        let accumulator = check(fold.initial)
        let (first, second) = variables(over: range, at: fold.range.offset, hasTwo: fold.secondVariable != nil)
        scopes.append([fold.accumulator: accumulator])
        var inner = [fold.variable: first]
        if let name = fold.secondVariable { inner[name] = second }
        scopes.append(inner)
        let condition = check(fold.condition)
        expect(condition, .bool, at: fold.condition.offset)
        let step = check(fold.step)
        expect(step, accumulator, at: fold.step.offset)
        scopes.removeLast()
        let result = check(fold.result)
        scopes.removeLast()
        return result
    }

    private mutating func variables(over range: CELType, at offset: Int, hasTwo: Bool) -> (CELType, CELType) {
        switch range {
        case .list(let element): return hasTwo ? (.int, element) : (element, .dyn)
        case .map(let key, let value): return (key, value)
        case .dyn, .error: return (.dyn, .dyn)
        case .variable:
            _ = bindings.assign(.dyn, to: range)
            return (.dyn, .dyn)
        default:
            let sentence = "cannot be range of a comprehension (must be list, map, or dynamic)"
            let error = fail(offset, "expression of type '\(range)' \(sentence)")
            return (error, error)
        }
    }

    private mutating func expect(_ type: CELType, _ expected: CELType, at offset: Int) {
        guard !bindings.assign(expected, to: type) else { return }
        _ = fail(offset, "expected type '\(bindings.resolve(expected))' but found '\(bindings.resolve(type))'")
    }
}

extension CELValue {
    fileprivate var literalType: CELType {
        switch self {
        case .list, .map, .optional, .type, .opaque: .dyn
        default: runtimeType
        }
    }
}
