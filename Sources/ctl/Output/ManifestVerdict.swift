import JSON
import Schema

/// What the server would say about one object of a file.
struct ManifestVerdict: Sendable {
    /// One thing that is wrong, with its place in the file where that is known.
    struct Problem: Hashable, Sendable {
        let mark: Manifest.Mark?
        let text: String
    }

    let source: String
    let typeName: String
    let name: String
    /// The object as it would be stored; nil when something is wrong.
    let object: JSONValue?
    let problems: [Problem]
    let warnings: [String]

    static func judge(_ manifest: Manifest, previous: [Manifest], by admission: Admission, namespace: String) -> ManifestVerdict
    {
        guard let definition = admission.catalog.definition(apiVersion: manifest.apiVersion ?? "", kind: manifest.kind ?? "")
        else {
            return ManifestVerdict(manifest, problem: unknownKind(manifest, admission.catalog))
        }
        var object = manifest.value
        if definition.scope == .namespaced, manifest.namespace == nil { object["metadata"]?["namespace"] = .string(namespace) }
        let old = previous.first {
            $0.kind == manifest.kind && $0.apiVersion == manifest.apiVersion && $0.name == manifest.name
        }
        // As the server does: who writes the object does not write its status.
        if definition.hasStatus { object["status"] = old?.value["status"] }
        let typeName = definition.group.isEmpty ? definition.singular : "\(definition.singular).\(definition.group)"
        do {
            let admitted = try admission.admit(object, as: definition, replacing: old?.value)
            return ManifestVerdict(
                source: manifest.source,
                typeName: typeName,
                name: admitted.object.name,
                object: admitted.object.value,
                problems: [],
                warnings: admitted.warnings
            )
        } catch {
            return ManifestVerdict(
                source: manifest.source,
                typeName: typeName,
                name: manifest.name ?? "",
                object: nil,
                problems: problems(of: error, in: manifest),
                warnings: []
            )
        }
    }

    /// nil when the object is right.
    var problemText: String? {
        guard !problems.isEmpty else { return nil }
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        let lines = problems.map { problem in "  " + (problem.mark.map { "\(source):\($0): " } ?? "") + problem.text }
        return "\(source) has \(count):\n" + lines.joined(separator: "\n")
    }

    var warningText: String? { warnings.isEmpty ? nil : warnings.map { "Warning: \($0)" }.joined(separator: "\n") }

    private static func problems(of error: InvalidObject, in manifest: Manifest) -> [Problem] {
        let unknown = error.unknownFields.map { field in
            let hint = field.suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            return Problem(mark: manifest.mark(of: field.path), text: "\(field.path): unknown field \"\(field.path)\"\(hint)")
        }
        let issues = error.issues.map { Problem(mark: manifest.mark(of: $0.path), text: $0.description) }
        let problems = unknown + issues
        return problems.isEmpty ? [Problem(mark: nil, text: error.badRequest ?? error.message)] : problems
    }

    private static func unknownKind(_ manifest: Manifest, _ catalog: ResourceCatalog) -> String {
        guard let apiVersion = manifest.apiVersion, let kind = manifest.kind else { return "apiVersion and kind must be set" }
        let same = catalog.definitions.filter { $0.kind == kind }.map(\.apiVersion)
        let hint = same.isEmpty ? "" : "; \(kind) is in \(same.joined(separator: " and "))"
        return "there is no kind \"\(kind)\" in apiVersion \"\(apiVersion)\"\(hint)"
    }
}

extension ManifestVerdict {
    private init(_ manifest: Manifest, problem: String) {
        self.init(
            source: manifest.source,
            typeName: manifest.kind ?? "",
            name: manifest.name ?? "",
            object: nil,
            problems: [Problem(mark: manifest.mark(of: .root["kind"]), text: problem)],
            warnings: []
        )
    }
}
