/// Which functions, macros and type names an expression may use.
package struct CELEnvironment: Sendable {
    let macros: MacroTable
    let constants: [String: CELType]
    private let functions: [String: [Overload]]
    private let libraries: [Library]

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
        self.libraries = libraries
    }

    /// For suggestions.
    var functionNames: [String] { Array(functions.keys) }

    func overloads(of function: String) -> [Overload]? { functions[function] }
}

extension CELEnvironment {
    /// The language itself.
    private static let standard: [Library] = [
        .operators, .arithmetic, .comparisons, .conversions, .standardStrings, .collections, .time, .standardMacros,
    ]

    /// What the base environment of Kubernetes 1.36 adds; its authorizer functions are left out, as nothing gives expressions an
    /// authorizer.
    private static let kubernetesBase: [Library] = [
        .optionals, .strings, .formatting, .sets, .lists, .twoVariableMacros, .kubernetesLists, .regularExpressions, .urls,
        .addresses, .addressBlocks, .quantities, .versions, .namedFormats,
    ]

    /// Rules of a structural schema (`x-kubernetes-validations`).
    package static let schemaRules = CELEnvironment(standard + kubernetesBase)
    /// Claim mappings, claim and user validation rules. Kubernetes builds it on the same base as schema rules.
    package static let authentication = CELEnvironment(standard + kubernetesBase)

    /// Libraries that no predefined environment has.
    package enum Extension: Sendable {
        /// `base64.encode` and `base64.decode`.
        case encoders
    }

    /// The same environment with more in it.
    package func adding(_ extensions: Extension...) -> CELEnvironment {
        CELEnvironment(
            libraries
                + extensions.map { one in
                    switch one {
                    case .encoders: .encoders
                    }
                }
        )
    }
}
