extension Library {
    /// `size` and `in`, and the insertion that the map macros use.
    static let collections = Library(functions: [
        FunctionDeclaration("size", sizes(.function) + sizes(.member)),
        FunctionDeclaration(
            Operator.in,
            Overload.of(.function, .init(parameters: [.a, .list(.a)], result: .bool), cost: Cost.membership) {
                (element: CELValue, list: [CELValue]) in list.contains(element)
            }.costingOneWhenDynamic.walking,
            Overload.of(.function, .init(parameters: [.a, .map(.a, .b)], result: .bool)) {
                (key: CELValue, map: CELMap) in map[key] != nil
            }
        ),
        MapInsertion.function,
    ])

    private static func sizes(_ style: Overload.Style) -> [Overload] {
        [.string, .bytes, .list(.a), .map(.a, .b)].map { (type: CELType) in
            Overload.of(style, .init(parameters: [type], result: .int)) { (value: CELValue) in Int64(clamping: value.size) }
        }
    }
}

/// Adding to a map that a macro builds; expressions cannot name it.
enum MapInsertion {
    static let name = "@mapInsert"

    static let function = FunctionDeclaration(
        name,
        Overload.of(.function, .init(parameters: [.map(.a, .b), .a, .b], result: .map(.a, .b))) {
            (map: CELMap, key: CELValue, value: CELValue) in
            CELMap(map.entries.map { ($0.key, $0.value) } + [(key, value)])
        },
        Overload.of(.function, .init(parameters: [.map(.a, .b), .map(.a, .b)], result: .map(.a, .b))) {
            (map: CELMap, added: CELMap) in
            CELMap((map.entries + added.entries).map { ($0.key, $0.value) })
        }
    )
}
