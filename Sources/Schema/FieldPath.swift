/// Where in an object something is, as people write it: `spec.oidcProviders[0].issuer.issuerURL`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    /// One move from a value to a part of it.
    package enum Step: Hashable, Sendable {
        case field(String)
        case index(Int)
        case key(String)
    }

    package private(set) var steps: [Step] = []

    /// The object itself.
    package static let root = FieldPath()

    package subscript(field: String) -> FieldPath { appending(.field(field)) }
    package subscript(index: Int) -> FieldPath { appending(.index(index)) }
    /// A key of a map, printed in brackets: `data[ca-bundle.crt]`.
    package subscript(key key: String) -> FieldPath { appending(.key(key)) }

    package var isRoot: Bool { steps.isEmpty }

    /// The path of what contains this; nil for the object itself.
    package var parent: FieldPath? {
        guard !steps.isEmpty else { return nil }
        var path = self
        path.steps.removeLast()
        return path
    }

    /// Whether this is `path` or a place inside it.
    package func isAtOrBelow(_ path: FieldPath) -> Bool { steps.starts(with: path.steps) }

    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .field(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += "[\(key)]"
            }
        }
        return text.isEmpty ? "<root>" : text
    }

    private func appending(_ step: Step) -> FieldPath {
        var path = self
        path.steps.append(step)
        return path
    }
}
