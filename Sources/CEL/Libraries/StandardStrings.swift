extension Library {
    /// What the language itself has for strings and bytes.
    static let standardStrings = Library(functions: [
        FunctionDeclaration(
            "contains",
            Overload.of(.member, cost: Cost.search) { (text: String, part: String) in
                TextSearch.first(Array(part.utf8), in: Array(text.utf8)) != nil
            }
        ),
        FunctionDeclaration(
            "startsWith",
            Overload.of(.member, cost: Cost.affix) { (text: String, start: String) in text.hasBytes(start) }
        ),
        FunctionDeclaration(
            "endsWith",
            Overload.of(.member, cost: Cost.affix) { (text: String, end: String) in
                text.endsWithBytes(end)
            }
        ),
    ])
}
