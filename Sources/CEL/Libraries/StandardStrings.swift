extension Library {
    /// What the language itself has for strings and bytes.
    static let standardStrings = Library(functions: [
        FunctionDeclaration(
            "contains",
            Overload.of(.member, cost: Cost.product) { (text: String, part: String) in
                TextSearch.first(Array(part.utf8), in: Array(text.utf8)) != nil
            }
        ),
        FunctionDeclaration(
            "startsWith",
            Overload.of(.member, cost: Cost.traversal) { (text: String, start: String) in text.utf8.starts(with: start.utf8) }
        ),
        FunctionDeclaration(
            "endsWith",
            Overload.of(.member, cost: Cost.traversal) { (text: String, end: String) in
                text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
            }
        ),
    ])
}
