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
            for byte in name.utf8 { hasher.combine(byte) }
            hasher.combine(value)
        }
    }

    private var members: [Member] = []

    package init() {}

    /// Of members with the same name the last one stays. Use `JSONParser` where a duplicate must be refused.
    package init(_ elements: some Sequence<(String, JSONValue)>) {
        for (name, value) in elements { self[name] = value }
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
    package func makeIterator() -> AnyIterator<(name: String, value: JSONValue)> {
        var base = members.makeIterator()
        return AnyIterator { base.next().map { ($0.name, $0.value) } }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
