extension Library {
    /// The list extensions, version 3, and the ends of a list that come with optional values.
    static let lists = Library(
        functions: [
            FunctionDeclaration(
                "lists.range",
                Overload.of(.function, .init(parameters: [.int], result: .list(.int)), cost: Cost.newList) {
                    (count: Int64) throws(CELEvaluationError) -> [CELValue] in
                    guard count <= maximumRange else { throw .invalidArgument("lists.range() is too long: \(count)") }
                    return count <= 0 ? [] : (0..<count).map { .int($0) }
                }
            ),
            FunctionDeclaration(
                "slice",
                Overload.of(.member, .init(parameters: [.list(.a), .int, .int], result: .list(.a)), cost: Cost.newList) {
                    (list: [CELValue], start: Int64, end: Int64) throws(CELEvaluationError) in try slice(list, start, end)
                }.sized { SizeRange(maximum: $0[0].maximum) }
            ),
            FunctionDeclaration(
                "flatten",
                Overload.of(.member, .init(parameters: [.list(.list(.a))], result: .list(.a)), cost: Cost.newList) {
                    (list: [CELValue]) in flatten(list, depth: 1)
                }.walking,
                Overload.of(.member, .init(parameters: [.list(.dyn), .int], result: .list(.dyn)), cost: Cost.newList) {
                    (list: [CELValue], depth: Int64) throws(CELEvaluationError) -> [CELValue] in
                    guard depth >= 0 else { throw .invalidArgument("level must be non-negative") }
                    return flatten(list, depth: depth)
                }.walking
            ),
            FunctionDeclaration("reverse", same(cost: Cost.newList) { $0.reversed() }.sized { $0[0] }),
            FunctionDeclaration(
                "distinct",
                same(cost: Cost.pairs) { list in
                    var known: Set<CELValue> = []
                    return list.filter { known.insert($0).inserted }
                }.walking.sized { SizeRange(maximum: $0[0].maximum) }
            ),
            FunctionDeclaration(
                "sort",
                ordered.map { type in
                    Overload.of(.member, .init(parameters: [.list(type)], result: .list(type)), cost: Cost.pairs) {
                        (list: [CELValue]) throws(CELEvaluationError) in try ListSorting.sorted(list, by: list)
                    }.sized { $0[0] }
                }
            ),
            ListSorting.function,
            FunctionDeclaration("first", end { $0.first }),
            FunctionDeclaration("last", end { $0.last }),
        ],
        macros: [Bindings.sortBy]
    )

    private static let maximumRange: Int64 = 1_000_000
    /// The types whose values have an order.
    static let ordered: [CELType] = [.int, .uint, .double, .bool, .duration, .timestamp, .string, .bytes]

    private static func end(_ find: @escaping @Sendable ([CELValue]) -> CELValue?) -> Overload {
        Overload.of(.member, .init(parameters: [.list(.a)], result: .optional(.a))) { (list: [CELValue]) in
            CELValue.optional(find(list))
        }
    }

    private static func same(cost: CallCost, _ body: @escaping @Sendable ([CELValue]) -> [CELValue]) -> Overload {
        Overload.of(.member, .init(parameters: [.list(.a)], result: .list(.a)), cost: cost) { (list: [CELValue]) in body(list) }
    }

    private static func slice(_ list: [CELValue], _ start: Int64, _ end: Int64) throws(CELEvaluationError) -> [CELValue] {
        guard start >= 0, end >= 0 else {
            throw .invalidArgument("cannot slice(\(start), \(end)), negative indexes not supported")
        }
        guard start <= end else {
            throw .invalidArgument("cannot slice(\(start), \(end)), start index must be less than or equal to end index")
        }
        guard end <= list.count else { throw .invalidArgument("cannot slice(\(start), \(end)), list is length \(list.count)") }
        return Array(list[Int(start)..<Int(end)])
    }

    /// Values nest no deeper than the input or the expression that made them, so this recursion is bounded too.
    private static func flatten(_ list: [CELValue], depth: Int64) -> [CELValue] {
        list.flatMap { value in
            guard depth > 0, case .list(let inner) = value else { return [value] }
            return flatten(inner, depth: depth - 1)
        }
    }
}

/// Sorting a list by keys that were computed for it.
enum ListSorting {
    static let byKeys = "@sortByAssociatedKeys"

    static let function = FunctionDeclaration(
        byKeys,
        Overload.of(.member, .init(parameters: [.list(.a), .list(.b)], result: .list(.a)), cost: Cost.pairs) {
            (list: [CELValue], keys: [CELValue]) throws(CELEvaluationError) in try sorted(list, by: keys)
        }.sized { $0[0] }
    )

    static func sorted(_ list: [CELValue], by keys: [CELValue]) throws(CELEvaluationError) -> [CELValue] {
        guard list.count == keys.count else { throw .invalidArgument("lists to sort must have the same size") }
        for key in keys where compareOrdered(key, keys[0]) == nil { throw .noSuchOverload }
        return zip(keys, list).sorted { compareOrdered($0.0, $1.0) == .less }.map(\.1)
    }
}
