extension InvalidObject {
    /// What a person sees about a file of theirs: every problem on a line, with its place in the file and its field.
    package func report(on manifest: Manifest) -> String {
        if let malformed { return "\(manifest.source): \(malformed)" }
        let unknown = unknownFields.map { field in
            let hint = field.suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            return (field.path, "\(field.path): unknown field\(hint)")
        }
        let problems = (unknown + issues.map { ($0.path, $0.description) }).map { (manifest.mark(of: $0), $1) }
        let inFileOrder = problems.enumerated().sorted {
            ($0.element.0?.line ?? 0, $0.offset) < ($1.element.0?.line ?? 0, $1.offset)
        }
        let lines = inFileOrder.map { _, problem in
            let (mark, text) = problem
            // A compile error brings its own lines and a caret.
            return "  " + (mark.map { "\($0): " } ?? "") + text.replacing("\n", with: "\n    ")
        }
        let count = lines.count == 1 ? "1 problem" : "\(lines.count) problems"
        return "\(manifest.source) has \(count) in \(kind) \"\(name)\":\n" + lines.joined(separator: "\n")
    }
}
