/// Which functions, macros and type names an expression may use.
package struct CELEnvironment: Sendable {
    let macros: MacroTable
    let constants: [String: CELType]
    private let functions: [String: [Overload]]

    init(_ libraries: [Library]) {
        macros = MacroTable(libraries.flatMap(\.macros))
        var functions: [String: [Overload]] = [:]
        var constants: [String: CELType] = [:]
        for library in libraries {
            for function in library.functions { functions[function.name, default: []] += function.overloads }
            constants.merge(library.constants) { _, last in last }
        }
        self.functions = functions
        self.constants = constants
    }

    func overloads(of function: String) -> [Overload]? { functions[function] }
}

extension CELEnvironment {
    private static let common: [Library] = [
        .operators, .arithmetic, .comparisons, .conversions, .standardStrings, .collections, .time, .standardMacros,
        .optionals, .strings, .formatting, .sets, .lists, .regularExpressions, .urls, .network, .quantities, .versions,
        .namedFormats,
    ]

    /// Rules of a structural schema (`x-kubernetes-validations`).
    package static let schemaRules = CELEnvironment(common)
    /// Claim mappings, claim and user validation rules.
    package static let authentication = CELEnvironment(common)
}
