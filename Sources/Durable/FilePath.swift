/// Paths of files as text.
package enum FilePath {
    /// The folder of a file; empty for a bare name.
    ///
    /// Foundation's `deletingLastPathComponent` ends the process where the path is a single letter.
    package static func folder(of path: String) -> String {
        var rest = path[...]
        while rest.utf8.count > 1, rest.hasSuffix("/") { rest.removeLast() }
        guard let slash = rest.lastIndex(of: "/") else { return "" }
        rest = rest[..<slash]
        while rest.hasSuffix("/") { rest.removeLast() }
        return rest.isEmpty ? "/" : String(rest)
    }
}
