/// Finds the name that was probably meant.
enum Suggestion {
    /// The known name that differs least, if it differs by no more than two letters; nil for very short names and internal ones.
    static func nearest(to name: String, in known: [String]) -> String? {
        let wanted = Array(name.utf8)
        guard (3...64).contains(wanted.count) else { return nil }
        var best: (distance: Int, name: String)?
        for candidate in known.sorted() where candidate.utf8.first.map({ $0.isASCIILetter }) == true {
            let letters = Array(candidate.utf8)
            guard abs(letters.count - wanted.count) <= 2 else { continue }
            let distance = distance(wanted, letters)
            if distance <= 2, distance < wanted.count / 2, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.name
    }

    /// How many letters must be put in, left out or replaced.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
