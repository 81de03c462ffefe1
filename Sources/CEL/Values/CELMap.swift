/// An immutable map of CEL values that keeps the order in which it was made.
///
/// Keys are compared as CEL compares values: strings by their bytes, and `1`, `1u` and `1.0` are the same key.
package struct CELMap: Sendable {
    package struct Entry: Sendable {
        package let key: CELValue
        package let value: CELValue
    }

    /// Below this count a scan is faster than hashing.
    private static let scanned = 8

    private final class Storage: Sendable {
        let entries: [Entry]
        let positions: [CELValue: Int]

        init(entries: [Entry], positions: [CELValue: Int]) {
            self.entries = entries
            self.positions = positions
        }
    }

    private let storage: Storage

    /// A later pair wins over an earlier one with an equal key.
    package init(_ pairs: [(CELValue, CELValue)]) {
        var entries: [Entry] = []
        entries.reserveCapacity(pairs.count)
        var positions: [CELValue: Int] = [:]
        let isScanned = pairs.count <= Self.scanned
        for (key, value) in pairs {
            let entry = Entry(key: key, value: value)
            if let known = isScanned ? entries.firstIndex(where: { $0.key == key }) : positions[key] {
                entries[known] = entry
            } else {
                if !isScanned { positions[key] = entries.count }
                entries.append(entry)
            }
        }
        storage = Storage(entries: entries, positions: positions)
    }

    package init(strings members: [String: CELValue]) {
        self.init(members.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) })
    }

    package var entries: [Entry] { storage.entries }
    package var count: Int { storage.entries.count }
    package var isEmpty: Bool { storage.entries.isEmpty }

    package subscript(key: CELValue) -> CELValue? {
        guard !storage.positions.isEmpty else { return storage.entries.first { $0.key == key }?.value }
        return storage.positions[key].map { storage.entries[$0].value }
    }

    package subscript(string string: String) -> CELValue? { self[.string(string)] }
}
