/// Functions, macros and type names that belong together; an environment is a list of these.
struct Library: Sendable {
    let functions: [FunctionDeclaration]
    var macros: [Macro] = []
    /// Names that are values: the types as `type(x) == int` uses them.
    var constants: [String: CELType] = [:]
}

/// A function with everything it can be called with.
struct FunctionDeclaration: Sendable {
    let name: String
    let overloads: [Overload]

    init(_ name: String, _ overloads: Overload...) { self.init(name, overloads) }

    init(_ name: String, _ overloads: [Overload]) {
        self.name = name
        self.overloads = overloads
    }
}
