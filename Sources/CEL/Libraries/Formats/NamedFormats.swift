extension Library {
    /// Kubernetes' `format.<name>()` and `validate()`.
    static let namedFormats = Library(
        functions: [
            FunctionDeclaration(
                "format.named",
                Overload.of(.function, .init(parameters: [.string], result: .optional(.format))) { (name: String) in
                    CELValue.optional(NamedFormat.all[name]?.celValue)
                }
            ),
            FunctionDeclaration(
                "validate",
                Overload.of(.member, .init(parameters: [.format, .string], result: .optional(.list(.string))), cost: price) {
                    (format: NamedFormat, text: String) in
                    let problems = format.problems(text)
                    return CELValue.optional(problems.isEmpty ? nil : .list(problems.map { .string($0) }))
                }
            ),
        ]
            + NamedFormat.all.values.map { format in
                FunctionDeclaration("format.\(format.name)", Overload.of(.function) { format })
            },
        constants: ["kubernetes.NamedFormat": .format]
    )

    /// A format's size is the length of its pattern.
    private static let price = CallCost { Cost.tenth($0.second.plus(1)).times($0.first) }
}

extension NamedFormat: NativeValue {
    static var celType: CELType { .format }
    init?(_ value: CELValue) {
        guard case .opaque(.format(let format)) = value else { return nil }
        self = format
    }
    var celValue: CELValue { .opaque(.format(self)) }
}
