/// The members of a JSON object, kept sorted by the UTF-8 bytes of their names.
///
/// The order makes output and digests stable. Names are compared as bytes, so `"é"` composed and decomposed are two members.
package struct JSONObject: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let name: String
        package var value: JSONValue

        package static func == (left: Member, right: Member) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(utf8Of: name)
            hasher.combine(value)
        }
    }

    private var members: [Member] = []

    package init() {}

    /// Of members with the same name the last one stays. Use `JSONParser` where a duplicate must be refused.
    package init(_ elements: some Sequence<(String, JSONValue)>) {
        // Sorted once: inserting one by one would move all members for each of them.
        let ordered = elements.enumerated().sorted { left, right in
            let (leftName, rightName) = (left.element.0.utf8, right.element.0.utf8)
            return leftName.elementsEqual(rightName)
                ? left.offset < right.offset : leftName.lexicographicallyPrecedes(rightName)
        }
        members.reserveCapacity(ordered.count)
        for (_, (name, value)) in ordered {
            if members.last?.name.utf8.elementsEqual(name.utf8) == true { members.removeLast() }
            members.append(Member(name: name, value: value))
        }
    }

    /// Takes members that are already sorted and free of duplicates; the parser checks that as it reads.
    init(sorted members: [Member]) { self.members = members }

    package subscript(name: String) -> JSONValue? {
        get {
            let (index, found) = position(of: name)
            return found ? members[index].value : nil
        }
        set {
            let (index, found) = position(of: name)
            switch (newValue, found) {
            case (.some(let value), true): members[index].value = value
            case (.some(let value), false): members.insert(Member(name: name, value: value), at: index)
            case (.none, true): members.remove(at: index)
            case (.none, false): break
            }
        }
    }

    package var names: [String] { members.map(\.name) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    private func position(of name: String) -> (index: Int, found: Bool) {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name.utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
        }
        return (low, low < members.count && members[low].name.utf8.elementsEqual(name.utf8))
    }
}

extension JSONObject: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var base: Array<Member>.Iterator

        package mutating func next() -> (name: String, value: JSONValue)? { base.next().map { ($0.name, $0.value) } }
    }

    package func makeIterator() -> Iterator { Iterator(base: members.makeIterator()) }
    package var underestimatedCount: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
