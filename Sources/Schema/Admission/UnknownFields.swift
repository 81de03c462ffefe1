import JSON

extension ResourceDefinition {
    /// Looks for the field that may be meant by one that does not exist: a typo is the commonest mistake.
    func unknownField(_ path: FieldPath) -> InvalidObject.UnknownField {
        guard case .field(let name)? = path.steps.last, let parent = path.parent, let schema = schema.schema(at: parent)
        else { return .init(path: path, suggestion: nil) }
        return .init(path: path, suggestion: nearestName(to: name, among: schema.properties.keys))
    }
}

/// The name that is probably meant by one that does not exist; nil if none is near.
package func nearestName(to name: String, among names: some Sequence<String>) -> String? {
    names.map { (name: $0, distance: editDistance($0.lowercased(), name.lowercased())) }
        .filter { $0.distance <= max(1, name.count / 3) }
        .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
        .name
}

extension StructuralSchema {
    fileprivate func schema(at path: FieldPath) -> StructuralSchema? {
        path.steps.reduce(self as StructuralSchema?) { schema, step in
            switch step {
            case .field(let name), .key(let name): schema?.member(name)
            case .index: schema?.items
            }
        }
    }
}

/// How many letters must be put in, taken out or replaced to get from one word to the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right.prefix(64))
    var row = Array(0...right.count)
    for (i, letter) in left.prefix(64).enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let replaced = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
