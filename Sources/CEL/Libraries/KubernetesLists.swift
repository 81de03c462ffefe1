extension Library {
    /// Kubernetes' own functions of lists.
    static let kubernetesLists = Library(functions: [
        FunctionDeclaration(
            "isSorted",
            whole { (list: [CELValue]) throws(CELEvaluationError) -> Bool in
                for (a, b) in zip(list, list.dropFirst()) {
                    guard let order = compareOrdered(a, b) else { throw .noSuchOverload }
                    if order == .greater { return false }
                }
                return true
            }
        ),
        FunctionDeclaration("sum", sum()),
        FunctionDeclaration("min", extreme("min", .less)),
        FunctionDeclaration("max", extreme("max", .greater)),
        FunctionDeclaration("indexOf", position { list, value in list.firstIndex(of: value) }),
        FunctionDeclaration("lastIndexOf", position { list, value in list.lastIndex(of: value) }),
    ])

    private static func whole(_ body: @escaping @Sendable ([CELValue]) throws(CELEvaluationError) -> Bool) -> [Overload] {
        ordered.map { type in
            Overload.of(.member, .init(parameters: [.list(type)], result: .bool), cost: Cost.scan) {
                (list: [CELValue]) throws(CELEvaluationError) in try body(list)
            }
        }
    }

    private static func extreme(_ name: String, _ wanted: Ordering) -> [Overload] {
        ordered.map { type in
            Overload.of(.member, .init(parameters: [.list(type)], result: type), cost: Cost.scan) {
                (list: [CELValue]) throws(CELEvaluationError) -> CELValue in
                guard var best = list.first else { throw .invalidArgument("\(name) called on empty list") }
                for value in list.dropFirst() where compareOrdered(value, best) == wanted { best = value }
                return best
            }
        }
    }

    private static func position(_ find: @escaping @Sendable ([CELValue], CELValue) -> Int?) -> Overload {
        Overload.of(.member, .init(parameters: [.list(.a), .a], result: .int), cost: Cost.scan) {
            (list: [CELValue], value: CELValue) in Int64(find(list, value) ?? -1)
        }.walking
    }

    private static func sum() -> [Overload] {
        let zeros: [(CELType, CELValue)] = [
            (.int, .int(0)), (.uint, .uint(0)), (.double, .double(0)), (.duration, .duration(CELDuration(nanoseconds: 0))),
        ]
        return zeros.map { type, zero in
            Overload.of(.member, .init(parameters: [.list(type)], result: type), cost: Cost.scan) {
                (list: [CELValue]) throws(CELEvaluationError) -> CELValue in
                // Where the types did not tell which overload is meant, the first element does.
                var total = list.first.flatMap { first in zeros.first { $0.1.kind == first.kind }?.1 } ?? zero
                for value in list { total = try add(total, value) }
                return total
            }
        }
    }

    private static func add(_ left: CELValue, _ right: CELValue) throws(CELEvaluationError) -> CELValue {
        switch (left, right) {
        case (.int(let a), .int(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            guard !overflow else { throw .integerOverflow }
            return .int(sum)
        case (.uint(let a), .uint(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            guard !overflow else { throw .unsignedIntegerOverflow }
            return .uint(sum)
        case (.duration(let a), .duration(let b)):
            let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
            guard !overflow else { throw .durationOverflow }
            return .duration(CELDuration(nanoseconds: sum))
        case (.double(let a), .double(let b)): return .double(a + b)
        default: throw .noSuchOverload
        }
    }
}
