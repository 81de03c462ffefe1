extension Library {
    /// The macros of the language and those with two variables.
    static let standardMacros = Library(
        functions: [],
        macros: [Bindings.has] + Quantifiers.oneVariable + Quantifiers.twoVariables + Transformations.oneVariable
            + Transformations.twoVariables
    )
}
