import JSON

/// A value beside the stored one that it takes the place of.
///
/// Fields and keys of maps are paired by name, items by their keys and only in lists of type map: nobody can tell which item of
/// another list an item was.
///
/// A class so that the two are compared once, however many rules are broken inside of them.
final class StoredCounterpart {
    private let value: JSONValue
    private let old: JSONValue
    private let schema: StructuralSchema

    init(_ value: JSONValue, replacing old: JSONValue, _ schema: StructuralSchema) {
        self.value = value
        self.old = old
        self.schema = schema
    }

    private(set) lazy var isUnchanged = schema.isSame(value, as: old)
}

extension StructuralSchema {
    /// Whether a value says what the stored one says: the order of a list of type map makes no difference.
    ///
    /// Kubernetes calls an object with members that its schema does not name changed in any case; here such members are compared, so
    /// that writing back what was read never fails.
    func isSame(_ value: JSONValue, as old: JSONValue) -> Bool {
        switch (value, old) {
        case (.object(let members), .object(let oldMembers)):
            guard members.count == oldMembers.count else { return false }
            // Both are sorted by name.
            return zip(members, oldMembers).allSatisfy { new, old in
                guard new.name.utf8.elementsEqual(old.name.utf8) else { return false }
                return member(new.name)?.isSame(new.value, as: old.value) ?? (new.value == old.value)
            }
        case (.array(let values), .array(let oldValues)):
            guard values.count == oldValues.count else { return false }
            if values == oldValues { return true }
            guard let items else { return false }
            let counterparts = ListCounterparts(old: oldValues, self)
            guard counterparts.count == values.count else { return false }
            return counterparts.pairs(of: values) { items.isSame($0, as: $1) }
        default:
            return value == old
        }
    }
}

/// Finds the stored item that an item of a list replaces.
struct ListCounterparts {
    private let keys: [String]
    private let byKey: [JSONValue: JSONValue]

    init(old: [JSONValue]?, _ schema: StructuralSchema) {
        guard let old, case .map(let keys) = schema.listType else {
            self.keys = []
            byKey = [:]
            return
        }
        self.keys = keys
        byKey = Dictionary(old.compactMap { item in item.wholeKey(keys).map { ($0, item) } }) { first, _ in first }
    }

    /// How many different keys there are.
    var count: Int { byKey.count }

    func find(_ item: JSONValue) -> JSONValue? {
        guard !byKey.isEmpty, let key = item.wholeKey(keys) else { return nil }
        return byKey[key]
    }

    /// Whether each item has a counterpart of its own for which `holds`.
    fileprivate func pairs(of values: [JSONValue], holds: (JSONValue, JSONValue) -> Bool) -> Bool {
        var left = Set(byKey.keys)
        return values.allSatisfy { value in
            guard let key = value.wholeKey(keys), left.remove(key) != nil, let old = byKey[key] else { return false }
            return holds(value, old)
        }
    }
}

extension JSONValue {
    /// The members that identify an item of a list of type map; nil when this is not an object. Absent keys are left out.
    func key(_ names: [String]) -> JSONValue? {
        guard let object = objectValue else { return nil }
        return .object(JSONObject(names.compactMap { name in object[name].map { (name, $0) } }))
    }

    /// As `key`, but nil also when one of the members is missing.
    fileprivate func wholeKey(_ names: [String]) -> JSONValue? {
        guard let key = key(names), key.objectValue?.count == names.count else { return nil }
        return key
    }
}
