import API
import Schema

/// Everything that is wrong with a manifest file, each with its place: `auth.yaml:10:6: spec.type: Unsupported value…`.
struct ManifestProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// More are counted, not listed.
    static let limit = 50

    private(set) var lines: [String] = []

    init() {}

    init(_ invalid: InvalidManifest) { lines = [invalid.description] }

    mutating func add(_ invalid: InvalidObject, in manifest: Manifest) {
        for field in invalid.unknownFields {
            let suggestion = field.suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            add("\(field.path): unknown field\(suggestion)", at: field.path, in: manifest)
        }
        for issue in invalid.issues { add("\(issue)", at: issue.path, in: manifest) }
        if invalid.unknownFields.isEmpty, invalid.issues.isEmpty { add(invalid.message, at: .root, in: manifest) }
    }

    mutating func add(_ refusal: ManifestApply.Refusal, in manifest: Manifest) {
        add("\(refusal)", at: refusal.path, in: manifest)
    }

    var isEmpty: Bool { lines.isEmpty }

    var description: String {
        let listed = lines.prefix(Self.limit).joined(separator: "\n")
        return lines.count > Self.limit ? "\(listed)\nand \(lines.count - Self.limit) more" : listed
    }

    private mutating func add(_ text: String, at path: FieldPath, in manifest: Manifest) {
        let place = [manifest.source, manifest.mark(of: path)?.description].compactMap(\.self).joined(separator: ":")
        lines.append("\(place): \(text)")
    }
}
