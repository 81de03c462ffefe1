import JSON

/// Takes values apart by their shape: which fields they have, what two of them differ in, and what they make together.
enum FieldWalk {
    // MARK: - Fields

    /// All fields of an object as its writer owns them.
    static func fields(of value: JSONValue, _ shape: MergeShape) -> FieldSet {
        var set = FieldSet()
        for part in parts(of: value, shape) ?? [] {
            if isLeaf(part.value, part.shape) {
                set.insert(part.element)
            } else {
                set.insert(fields(of: part.value, part.shape), below: part.element)
                // An item of a list is there by itself, as is a member whose name is data; a field of a structure is not.
                if !isNamedField(part.element, shape) || part.value == [:] { set.insert(part.element) }
            }
        }
        return set
    }

    private struct Part {
        let element: PathElement
        let value: JSONValue
        let shape: MergeShape
    }

    /// The parts that have owners of their own; nil where the value is owned as a whole.
    private static func parts(of value: JSONValue, _ shape: MergeShape) -> [Part]? {
        switch (value, shape) {
        case (.object(let object), .object), (.object(let object), .unknown):
            return object.map {
                Part(element: .field($0.name), value: $0.value, shape: shape.part(at: .field($0.name)) ?? .unknown)
            }
        case (.array(let items), .set), (.array(let items), .list):
            var parts: [Part] = []
            for item in items {
                guard let element = shape.element(of: item) else { return nil }
                parts.append(Part(element: element, value: item, shape: shape.part(at: element) ?? .atomic))
            }
            return parts
        default: return nil
        }
    }

    /// Owned as a whole. An empty list has nothing that could be owned, and is no leaf.
    private static func isLeaf(_ value: JSONValue, _ shape: MergeShape) -> Bool { parts(of: value, shape) == nil }

    private static func isNamedField(_ element: PathElement, _ shape: MergeShape) -> Bool {
        if case .field(let name) = element { shape.names(name) } else { false }
    }

    // MARK: - Differences

    struct Difference: Equatable {
        var added = FieldSet()
        var modified = FieldSet()
        var removed = FieldSet()
    }

    static func difference(from old: JSONValue, to new: JSONValue, _ shape: MergeShape) -> Difference {
        var difference = Difference()
        guard old != new, let before = parts(of: old, shape), let after = parts(of: new, shape) else { return difference }
        let olds = Dictionary(before.map { ($0.element, $0) }) { first, _ in first }
        var seen: Set<PathElement> = []
        for part in after where seen.insert(part.element).inserted {
            guard let old = olds[part.element] else {
                add(part, shape, to: &difference.added)
                continue
            }
            guard old.value != part.value else { continue }
            if isLeaf(old.value, part.shape) || isLeaf(part.value, part.shape) {
                difference.modified.insert(part.element)
                // What was below is no more, or is new.
                if !isLeaf(old.value, part.shape) {
                    difference.removed.insert(fields(of: old.value, part.shape), below: part.element)
                }
                if !isLeaf(part.value, part.shape) {
                    difference.added.insert(fields(of: part.value, part.shape), below: part.element)
                }
            } else {
                let below = Self.difference(from: old.value, to: part.value, part.shape)
                difference.added.insert(below.added, below: part.element)
                difference.modified.insert(below.modified, below: part.element)
                difference.removed.insert(below.removed, below: part.element)
            }
        }
        for part in before where !seen.contains(part.element) { add(part, shape, to: &difference.removed) }
        return difference
    }

    private static func add(_ part: Part, _ shape: MergeShape, to set: inout FieldSet) {
        if isLeaf(part.value, part.shape) || !isNamedField(part.element, shape) || part.value == [:] {
            set.insert(part.element)
        }
        if !isLeaf(part.value, part.shape) { set.insert(fields(of: part.value, part.shape), below: part.element) }
    }

    // MARK: - Putting together and taking away

    /// The live object with everything that the configuration says. Items that are new come last, in the configuration's order.
    static func merged(_ live: JSONValue, with configuration: JSONValue, _ shape: MergeShape) -> JSONValue {
        guard let before = parts(of: live, shape), let wanted = parts(of: configuration, shape) else { return configuration }
        let wishes = Dictionary(wanted.map { ($0.element, $0) }) { _, last in last }
        if case .object(var object) = live {
            for part in wanted {
                guard case .field(let name) = part.element else { continue }
                object[name] = object[name].map { merged($0, with: part.value, part.shape) } ?? part.value
            }
            return .object(object)
        }
        var items = before.map { part in
            wishes[part.element].map { merged(part.value, with: $0.value, part.shape) } ?? part.value
        }
        let known = Set(before.map(\.element))
        items += wanted.filter { !known.contains($0.element) }.map(\.value)
        return .array(items)
    }

    /// Without the parts at the members of a set. What becomes empty by it goes, too; nil: nothing is left.
    static func removing(_ set: FieldSet, from value: JSONValue, _ shape: MergeShape) -> JSONValue? {
        guard !set.isEmpty, let parts = parts(of: value, shape) else { return value }
        let kept = parts.compactMap { part -> (PathElement, JSONValue)? in
            guard !set.contains(part.element) else { return nil }
            return removing(set.below(part.element), from: part.value, part.shape).map { (part.element, $0) }
        }
        if kept.isEmpty, !parts.isEmpty { return nil }
        guard case .object = value else { return .array(kept.map(\.1)) }
        return .object(
            JSONObject(kept.compactMap { element, value in if case .field(let name) = element { (name, value) } else { nil } })
        )
    }
}
