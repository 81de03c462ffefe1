extension Library {
    /// The macros of the language.
    static let standardMacros = Library(
        functions: [],
        macros: [Bindings.has] + Quantifiers.oneVariable + Transformations.oneVariable
    )

    /// Macros with two variables: index and element, or key and value.
    static let twoVariableMacros = Library(functions: [], macros: Quantifiers.twoVariables + Transformations.twoVariables)
}
