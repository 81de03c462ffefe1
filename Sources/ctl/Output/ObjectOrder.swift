import JSON

/// `--sort-by`: the order of objects by what a path finds in each; where it finds nothing comes first.
struct ObjectOrder {
    private let path: JSONPath
    private let text: String

    /// - Parameter text: a path, in braces or not.
    init(_ text: String) throws(CommandFailure) {
        self.text = text
        path = try JSONPath(String(text[...].trimming { $0 == "{" || $0 == "}" }))
    }

    /// Sorts elements by the object that belongs to each, and leaves equal ones where they are.
    ///
    /// - Parameter mustFind: whether it is an error when the path finds nothing in any of them.
    func sorted<Element>(_ elements: [Element], mustFind: Bool = true, by object: (Element) -> JSONValue) throws(CommandFailure)
        -> [Element]
    {
        let keyed = elements.enumerated().map { position, element in
            let value = object(element)
            return (position: position, key: path.values(in: value, root: value).first, element: element)
        }
        guard !mustFind || keyed.isEmpty || keyed.contains(where: { $0.key != nil }) else {
            throw CommandFailure("couldn't find any field with path \"\(text)\" in the list of objects")
        }
        return keyed.sorted { left, right in
            let order = Self.order(left.key, right.key)
            return order == 0 ? left.position < right.position : order < 0
        }.map(\.element)
    }

    private static func order(_ left: JSONValue?, _ right: JSONValue?) -> Int {
        switch (left, right) {
        case (nil, nil): 0
        case (nil, _): -1
        case (_, nil): 1
        case (.integer(let left)?, .integer(let right)?): left < right ? -1 : left == right ? 0 : 1
        case (.bool(let left)?, .bool(let right)?): left == right ? 0 : right ? -1 : 1
        case (let left?, let right?): textual(plain(left), plain(right))
        }
    }

    private static func plain(_ value: JSONValue) -> String { value.stringValue ?? JSONWriter.text(of: value) }

    /// Labels are texts, but numbers in them count as numbers.
    private static func textual(_ left: String, _ right: String) -> Int {
        if let left = Int64(left), let right = Int64(right) { return left < right ? -1 : left == right ? 0 : 1 }
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}
