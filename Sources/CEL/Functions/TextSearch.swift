/// Looking for one array of units in another, in time linear in both (Knuth, Morris and Pratt).
enum TextSearch {
    static func first<Unit: Equatable>(_ part: [Unit], in text: [Unit], from start: Int = 0) -> Int? {
        guard start >= 0, start <= text.count, part.count <= text.count - start else { return nil }
        guard !part.isEmpty else { return start }
        let borders = borders(of: part)
        var matched = 0
        for position in start..<text.count {
            while matched > 0, part[matched] != text[position] { matched = borders[matched - 1] }
            if part[matched] == text[position] { matched += 1 }
            if matched == part.count { return position + 1 - matched }
        }
        return nil
    }

    /// The last occurrence that begins at `end` or before.
    static func last<Unit: Equatable>(_ part: [Unit], in text: [Unit], upTo end: Int) -> Int? {
        guard end >= 0 else { return nil }
        let searched = Array(text[..<min(text.count, end + part.count)].reversed())
        return first(part.reversed(), in: searched).map { searched.count - $0 - part.count }
    }

    /// For each beginning of the part, how long its longest proper beginning is that is also its end.
    private static func borders<Unit: Equatable>(of part: [Unit]) -> [Int] {
        var borders = Array(repeating: 0, count: part.count)
        var length = 0
        for position in part.indices.dropFirst() {
            while length > 0, part[length] != part[position] { length = borders[length - 1] }
            if part[length] == part[position] { length += 1 }
            borders[position] = length
        }
        return borders
    }
}
