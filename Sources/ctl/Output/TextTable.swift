/// Columns of text as kubectl sets them: each as wide as its widest cell and three spaces, and never below six.
struct TextTable {
    var header: [String]
    var rows: [[String]] = []
    /// Rows printed earlier, whose width later ones keep.
    var minimumWidths: [Int] = []

    init(header: [String], rows: [[String]] = []) {
        self.header = header
        self.rows = rows
    }

    var widths: [Int] { widths(withHeader: true) }

    private func widths(withHeader: Bool) -> [Int] {
        let all = (withHeader ? [header] : []) + rows
        let count = all.map(\.count).max() ?? 0
        return (0..<count).map { column in
            let cells = all.map { $0.indices.contains(column) ? $0[column].count : 0 }
            return max(cells.max() ?? 0, minimumWidths.indices.contains(column) ? minimumWidths[column] : 0)
        }
    }

    /// Each row on a line; no header when it is empty or not wanted.
    func text(withHeader: Bool = true) -> String {
        // Headings that are not shown make no column wider, unless an earlier part of the table showed them.
        let widths = widths(withHeader: withHeader)
        let lines = (withHeader && !header.isEmpty ? [header] : []) + rows
        return lines.map { Self.line($0, widths) + "\n" }.joined()
    }

    /// The last cell is not filled up; where it is empty the gap before it stays, as kubectl leaves it.
    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let filled = zip(cells, widths).dropLast().map { cell, width in
            cell + String(repeating: " ", count: max(6, width + 3) - cell.count)
        }
        return filled.joined() + (cells.last ?? "")
    }
}
