package import JSON

/// One document of a manifest file: a value, and where in the file each part of it stands.
package struct Manifest: Sendable {
    /// A place in a file, counted from 1.
    package struct Mark: Hashable, Sendable, CustomStringConvertible {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package var description: String { "\(line):\(column)" }
    }

    package let value: JSONValue
    /// The file's name, or what the caller calls the input.
    package let source: String
    let marks: [FieldPath: Mark]

    package init(value: JSONValue, source: String) {
        self.init(value: value, source: source, marks: [:])
    }

    init(value: JSONValue, source: String, marks: [FieldPath: Mark]) {
        self.value = value
        self.source = source
        self.marks = marks
    }

    /// The same manifest with an annotation more; what the file says stands where it stood.
    package func annotated(_ name: String, _ text: String) -> Manifest {
        var value = value
        var annotations = value.value(at: "metadata", "annotations") ?? [:]
        annotations[name] = .string(text)
        value["metadata"]?["annotations"] = annotations
        return Manifest(value: value, source: source, marks: marks)
    }

    /// Where a field stands, or, when it is missing, the nearest thing around it; nil when the input had no positions (JSON).
    package func mark(of path: FieldPath) -> Mark? {
        // The reader cannot know which mappings a schema calls maps, so it writes every member as a field.
        var place = path.steps.reduce(FieldPath.root) { path, step in
            switch step {
            case .field(let name), .key(let name): path[name]
            case .index(let index): path[index]
            }
        }
        while true {
            if let mark = marks[place] { return mark }
            guard let parent = place.parent else { return nil }
            place = parent
        }
    }

    package var apiVersion: String? { value["apiVersion"]?.stringValue }
    package var kind: String? { value["kind"]?.stringValue }
    package var name: String? { value.value(at: "metadata", "name")?.stringValue }
    package var namespace: String? { value.value(at: "metadata", "namespace")?.stringValue }
}
