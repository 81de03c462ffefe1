extension InvalidObject {
    /// What a person sees about a file of theirs: every problem on a line, with its place in the file and its field.
    package func report(on manifest: Manifest) -> String {
        if let malformed { return "\(manifest.source): \(malformed)" }
        let unknown = unknownFields.map { field in
            let hint = field.suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            return (field.path, "\(field.path): unknown field\(hint)")
        }
        let lines = (unknown + issues.map { ($0.path, $0.description) }).map { path, text in
            // A compile error brings its own lines and a caret.
            let text = text.replacing("\n", with: "\n    ")
            return "  " + (manifest.mark(of: path).map { "\($0): " } ?? "") + text
        }
        let count = lines.count == 1 ? "1 problem" : "\(lines.count) problems"
        return "\(manifest.source) has \(count) in \(kind) \"\(name)\":\n" + lines.joined(separator: "\n")
    }
}
