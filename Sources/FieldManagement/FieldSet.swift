/// A set of places in an object: the fields that somebody manages. A tree with a mark at each place that is a member.
///
/// The operations are those of Kubernetes' structured-merge-diff, whose records others read and write.
package struct FieldSet: Hashable, Sendable {
    private struct Node: Hashable, Sendable {
        var isMember = false
        var below = FieldSet()
        var isEmpty: Bool { !isMember && below.isEmpty }
    }

    /// Nodes that hold nothing are never kept, so equal sets are equal trees.
    private var nodes: [PathElement: Node] = [:]

    package init() {}

    package init(_ paths: [[PathElement]]) {
        for path in paths { insert(path[...]) }
    }

    package var isEmpty: Bool { nodes.isEmpty }

    /// The elements at this place that are members or have members below, in the order of their texts.
    package var elements: [PathElement] { nodes.keys.sorted { $0.text < $1.text } }

    package func contains(_ element: PathElement) -> Bool { nodes[element]?.isMember ?? false }

    package func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let first = path.first else { return false }
        return path.count == 1 ? contains(first) : below(first).contains(path.dropFirst())
    }

    /// The part of the set below an element.
    package func below(_ element: PathElement) -> FieldSet { nodes[element]?.below ?? FieldSet() }

    // MARK: - Making

    package mutating func insert(_ path: some Collection<PathElement>) {
        guard let first = path.first else { return }
        var node = nodes[first] ?? Node()
        if path.count == 1 { node.isMember = true } else { node.below.insert(path.dropFirst()) }
        nodes[first] = node
    }

    mutating func insert(_ element: PathElement) { nodes[element, default: Node()].isMember = true }

    mutating func insert(_ set: FieldSet, below element: PathElement) {
        guard !set.isEmpty else { return }
        var node = nodes[element] ?? Node()
        node.below = node.below.union(set)
        nodes[element] = node
    }

    // MARK: - Arithmetic

    package func union(_ other: FieldSet) -> FieldSet {
        var result = self
        for (element, theirs) in other.nodes {
            var node = result.nodes[element] ?? Node()
            node.isMember = node.isMember || theirs.isMember
            node.below = node.below.union(theirs.below)
            result.nodes[element] = node
        }
        return result
    }

    package func intersection(_ other: FieldSet) -> FieldSet {
        combined(with: other) { Node(isMember: $0.isMember && $1.isMember, below: $0.below.intersection($1.below)) }
    }

    /// Without the other's members. What is below a member that is taken out stays.
    package func subtracting(_ other: FieldSet) -> FieldSet {
        combined(with: other) { Node(isMember: $0.isMember && !$1.isMember, below: $0.below.subtracting($1.below)) }
    }

    private func combined(with other: FieldSet, _ combine: (Node, Node) -> Node) -> FieldSet {
        var result = FieldSet()
        for (element, node) in nodes {
            let new = combine(node, other.nodes[element] ?? Node())
            if !new.isEmpty { result.nodes[element] = new }
        }
        return result
    }

    /// With every field of a structure that has members below it as a member, too.
    func withNamedFields(of shape: MergeShape) -> FieldSet {
        var result = FieldSet()
        for (element, node) in nodes {
            let isNamed = if case .field(let name) = element { shape.names(name) } else { false }
            let below = shape.part(at: element).map { node.below.withNamedFields(of: $0) } ?? node.below
            result.nodes[element] = Node(isMember: node.isMember || (isNamed && !node.below.isEmpty), below: below)
        }
        return result
    }

    // MARK: - Looking at all

    /// Every member, in the order of the elements' texts.
    package var paths: [[PathElement]] {
        elements.flatMap { element in
            (contains(element) ? [[element]] : []) + below(element).paths.map { [element] + $0 }
        }
    }
}
