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

/// Looking for one array of units in another; both are bounded, and the price of a call grows with their product.
enum TextSearch {
    static func first<Unit: Equatable>(_ part: [Unit], in text: [Unit], from start: Int = 0) -> Int? {
        guard part.count <= text.count, start >= 0, start <= text.count - part.count else { return nil }
        return (start...(text.count - part.count)).first { matches(part, text, at: $0) }
    }

    static func last<Unit: Equatable>(_ part: [Unit], in text: [Unit], upTo end: Int) -> Int? {
        guard part.count <= text.count, end >= 0 else { return nil }
        return (0...min(end, text.count - part.count)).last { matches(part, text, at: $0) }
    }

    private static func matches<Unit: Equatable>(_ part: [Unit], _ text: [Unit], at position: Int) -> Bool {
        for offset in part.indices where text[position + offset] != part[offset] { return false }
        return true
    }
}
