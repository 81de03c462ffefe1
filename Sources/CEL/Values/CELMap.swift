/// An immutable map of CEL values that keeps the order in which it was made.
///
/// Keys are compared as CEL compares values: strings by their bytes, and `1`, `1u` and `1.0` are the same key.
package struct CELMap: Sendable {
    package struct Entry: Sendable {
        package let key: CELValue
        package let value: CELValue

        package init(key: CELValue, value: CELValue) {
            self.key = key
            self.value = value
        }
    }

    private final class Storage: Sendable {
        let entries: [Entry]
        let index: KeyIndex?

        init(entries: [Entry], index: KeyIndex?) {
            self.entries = entries
            self.index = index
        }
    }

    private let storage: Storage

    /// A later pair wins over an earlier one with an equal key.
    package init(_ pairs: [(CELValue, CELValue)]) {
        var entries: [Entry] = []
        entries.reserveCapacity(pairs.count)
        var index = pairs.count > KeyIndex.scanned ? KeyIndex(capacity: pairs.count) : nil
        for (key, value) in pairs {
            let entry = Entry(key: key, value: value)
            if let known = Self.position(MapKey(key), entries, index) {
                entries[known] = entry
            } else {
                index?.insert(MapKey(key).hash, entries.count)
                entries.append(entry)
            }
        }
        storage = Storage(entries: entries, index: index)
    }

    /// From entries whose keys are known to differ, which saves looking for each; of two equal keys either may be found.
    package init(distinct entries: [Entry]) {
        guard entries.count > KeyIndex.scanned else {
            storage = Storage(entries: entries, index: nil)
            return
        }
        var index = KeyIndex(capacity: entries.count)
        for position in entries.indices { index.insert(entries[position].key.tableHash, position) }
        storage = Storage(entries: entries, index: index)
    }

    package init(strings members: [String: CELValue]) {
        self.init(members.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) })
    }

    package var entries: [Entry] { storage.entries }
    package var count: Int { storage.entries.count }
    package var isEmpty: Bool { storage.entries.isEmpty }

    package subscript(key: CELValue) -> CELValue? { self[MapKey(key)] }

    package subscript(string string: String) -> CELValue? { self[.string(string)] }

    subscript(key: MapKey) -> CELValue? {
        guard let position = Self.position(key, storage.entries, storage.index) else { return nil }
        return storage.entries[position].value
    }

    private static func position(_ key: MapKey, _ entries: [Entry], _ index: KeyIndex?) -> Int? {
        guard let index else {
            for position in entries.indices where key.equals(entries[position].key) { return position }
            return nil
        }
        return index.first(key.hash) { key.equals(entries[$0].key) }
    }
}

/// A key with its hash, so that a key known beforehand is hashed once and not at each look-up.
struct MapKey: Sendable {
    let value: CELValue
    let hash: UInt64

    init(_ value: CELValue) {
        self.value = value
        hash = value.tableHash
    }

    func equals(_ other: CELValue) -> Bool {
        // Nearly all keys are strings.
        if case .string(let a) = value, case .string(let b) = other { return a.hasSameBytes(as: b) }
        return value == other
    }
}

/// Positions by hash, with open addressing.
struct KeyIndex: Sendable {
    /// Up to this count a scan is faster.
    static let scanned = 6

    /// Position + 1, or 0 where there is none; a power of two, at most half of it in use.
    private var slots: [Int32]

    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = Array(repeating: 0, count: size)
    }

    mutating func insert(_ hash: UInt64, _ position: Int) {
        var slot = start(hash)
        while slots[slot] != 0 { slot = next(slot) }
        slots[slot] = Int32(truncatingIfNeeded: position) + 1
    }

    func first(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        var slot = start(hash)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if matches(position) { return position }
            slot = next(slot)
        }
        return nil
    }

    private func start(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }
    private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}
