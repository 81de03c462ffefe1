import JSON

/// Paths outside of resources as rules name them: one path, or with a final `*` all that begin so.
enum PathPattern {
    static func fits(_ pattern: String, _ path: String) -> Bool {
        pattern.hasSuffix("*") ? path.utf8.starts(with: pattern.dropLast().utf8) : pattern.hasSameBytes(as: path)
    }
}
