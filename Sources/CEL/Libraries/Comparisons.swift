extension Library {
    /// `< <= > >=`, also between numbers of different types.
    static let comparisons = Library(functions: [
        comparison("_<_") { $0 == .less },
        comparison("_<=_") { $0 == .less || $0 == .equal },
        comparison(Operator.greater) { $0 == .greater },
        comparison("_>=_") { $0 == .greater || $0 == .equal },
    ])

    private static let numbers: [CELType] = [.int, .uint, .double]
    private static let comparable: [CELType] = [.bool, .string, .bytes, .timestamp, .duration]

    private static func comparison(_ name: String, _ holds: @escaping @Sendable (Ordering) -> Bool) -> FunctionDeclaration {
        let pairs = comparable.map { ($0, $0) } + numbers.flatMap { left in numbers.map { (left, $0) } }
        let overloads = pairs.map { left, right in
            let cost = left == .string || left == .bytes ? Cost.shorter : Cost.one
            let signature = Overload.Signature(parameters: [left, right], result: .bool)
            return Overload.of(.function, signature, cost: cost) {
                (a: CELValue, b: CELValue) throws(CELEvaluationError) -> Bool in
                guard let ordering = compareOrdered(a, b) else { throw .noSuchOverload }
                return holds(ordering)
            }.costingOneWhenDynamic
        }
        return FunctionDeclaration(name, overloads)
    }
}
