import Foundation
package import Schema

/// Everything that is wrong with an `AuthenticationConfiguration` file, at once.
package struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    package enum Problem: Hashable, Sendable {
        /// Not YAML or JSON at all, or a key occurs twice in one mapping.
        case unreadable(InvalidManifest)
        /// No document of this kind in a version that is known.
        case wrongKind(FieldPath, String)
        case unknownField(FieldPath, suggestion: String?)
        /// A value of another type than the field has; `expected` and `found` are words like "a string".
        case wrongType(FieldPath, expected: String, found: String)
        /// What Kubernetes' own validation has against it.
        case refused(FieldIssue)
    }

    /// The file's name, or what the caller calls the input.
    package let source: String
    package let problems: [Problem]
    private let places: [Manifest.Mark?]

    init(source: String, problems: [Problem], in manifest: Manifest? = nil) {
        self.source = source
        self.problems = problems
        places = problems.map { problem in problem.path.flatMap { manifest?.mark(of: $0) } }
    }

    /// Every problem on a line of its own, with its place in the file where there is one.
    package var description: String {
        if case .unreadable(let problem)? = problems.first { return problem.description }
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let lines = zip(problems, places).map { problem, mark in
            // A compile error brings its own lines and a caret.
            "  " + (mark.map { "\($0): " } ?? "") + problem.description.replacing("\n", with: "\n    ")
        }
        return "\(source) has \(count):\n" + lines.joined(separator: "\n")
    }

    package var errorDescription: String? { description }
}

extension InvalidConfiguration.Problem: CustomStringConvertible {
    package var path: FieldPath? {
        switch self {
        case .unreadable: nil
        case .wrongKind(let path, _), .unknownField(let path, _), .wrongType(let path, _, _): path
        case .refused(let issue): issue.path
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let problem): problem.description
        case .wrongKind(let path, let message): path.isRoot ? message : "\(path): \(message)"
        case .unknownField(let path, let suggestion):
            "\(path): unknown field" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
        case .wrongType(let path, let expected, let found): "\(path): must be \(expected), is \(found)"
        case .refused(let issue): issue.description
        }
    }
}
