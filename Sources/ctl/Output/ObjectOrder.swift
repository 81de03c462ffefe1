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
    func sorted<Element>(_ elements: [Element], by object: (Element) -> JSONValue) throws(CommandFailure) -> [Element] {
        let keyed = elements.enumerated().map { position, element in
            let value = object(element)
            return (position: position, key: path.values(in: value, root: value).first, element: element)
        }
        guard keyed.isEmpty || keyed.contains(where: { $0.key != nil }) else {
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
        case (let left?, let right?): natural(plain(left), plain(right))
        }
    }

    private static func plain(_ value: JSONValue) -> String { value.stringValue ?? JSONWriter.text(of: value) }

    /// Runs of digits count as numbers, so that `worker-2` comes before `worker-10`.
    private static func natural(_ left: String, _ right: String) -> Int {
        var (left, right) = (Array(left.utf8)[...], Array(right.utf8)[...])
        while let first = left.first, let second = right.first {
            if isDigit(first), isDigit(second) {
                let (one, other) = (number(&left), number(&right))
                if one.count != other.count { return one.count < other.count ? -1 : 1 }
                if one != other { return one.lexicographicallyPrecedes(other) ? -1 : 1 }
            } else {
                if first != second { return first < second ? -1 : 1 }
                left.removeFirst()
                right.removeFirst()
            }
        }
        return left.isEmpty ? (right.isEmpty ? 0 : -1) : 1
    }

    /// Takes the digits in front, and gives them without leading zeros: of any length, so no number can be too large.
    private static func number(_ text: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return Array(digits.drop { $0 == UInt8(ascii: "0") })
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
