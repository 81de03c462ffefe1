extension Library {
    /// Lists taken as sets.
    static let sets = Library(functions: [
        FunctionDeclaration("sets.contains", relation(passes: 1) { whole, part in part.allSatisfy { whole.contains($0) } }),
        FunctionDeclaration(
            "sets.equivalent",
            relation(passes: 2) { a, b in a.allSatisfy { b.contains($0) } && b.allSatisfy { a.contains($0) } }
        ),
        FunctionDeclaration("sets.intersects", relation(passes: 1) { a, b in a.contains { b.contains($0) } }),
    ])

    private static func relation(passes: UInt64, _ holds: @escaping @Sendable ([CELValue], [CELValue]) -> Bool) -> Overload {
        let signature = Overload.Signature(parameters: [.list(.a), .list(.a)], result: .bool)
        return Overload.of(.function, signature, cost: Cost.product(passes: passes)) { (a: [CELValue], b: [CELValue]) in
            holds(a, b)
        }.walking
    }
}
