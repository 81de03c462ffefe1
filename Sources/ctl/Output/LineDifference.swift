/// The unified form of the difference between two texts.
enum LineDifference {
    private static let context = 3

    private enum Line {
        case same(String), removed(String), added(String)

        var text: String {
            switch self {
            case .same(let text): " \(text)"
            case .removed(let text): "-\(text)"
            case .added(let text): "+\(text)"
            }
        }

        var isChange: Bool { if case .same = self { false } else { true } }
        var isInOld: Bool { if case .added = self { false } else { true } }
        var isInNew: Bool { if case .removed = self { false } else { true } }
    }

    /// Empty when the texts are equal.
    static func text(from old: String, to new: String, name: String) -> String {
        text(from: old, to: new, names: ("\(name) (live)", "\(name) (merged)"))
    }

    /// - Parameter names: what the old text is, and the new one.
    static func text(from old: String, to new: String, names: (String, String)) -> String {
        let lines = lines(from: split(old), to: split(new))
        let changes = lines.indices.filter { lines[$0].isChange }
        guard !changes.isEmpty else { return "" }
        var text = "--- \(names.0)\n+++ \(names.1)\n"
        for hunk in hunks(around: changes, count: lines.count) {
            let (oldStart, newStart) = (
                lines[..<hunk.lowerBound].count { $0.isInOld }, lines[..<hunk.lowerBound].count { $0.isInNew }
            )
            let (oldCount, newCount) = (lines[hunk].count { $0.isInOld }, lines[hunk].count { $0.isInNew })
            text +=
                "@@ -\(oldCount == 0 ? oldStart : oldStart + 1),\(oldCount) +\(newCount == 0 ? newStart : newStart + 1),\(newCount) @@\n"
            text += lines[hunk].map { $0.text + "\n" }.joined()
        }
        return text
    }

    static func coloured(_ text: String) -> String {
        split(text).map { line in
            if line.hasPrefix("+") { return TextStyle.coloured.good(line) + "\n" }
            return (line.hasPrefix("-") ? TextStyle.coloured.bad(line) : line) + "\n"
        }.joined()
    }

    private static func split(_ text: String) -> [String] {
        text.isEmpty
            ? []
            : text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0).map(
                String.init
            )
    }

    private static func lines(from old: [String], to new: [String]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (oldIndex, newIndex) = (0, 0)
        while oldIndex < old.count || newIndex < new.count {
            if removed.contains(oldIndex) {
                lines.append(.removed(old[oldIndex]))
                oldIndex += 1
            } else if added.contains(newIndex) {
                lines.append(.added(new[newIndex]))
                newIndex += 1
            } else {
                lines.append(.same(new[newIndex]))
                oldIndex += 1
                newIndex += 1
            }
        }
        return lines
    }

    private static func hunks(around changes: [Int], count: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for change in changes {
            let range = max(0, change - context)..<min(count, change + context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }
}
