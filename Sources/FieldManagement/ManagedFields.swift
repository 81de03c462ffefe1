package import JSON

/// Who manages which fields of an object: `metadata.managedFields`, read.
package struct ManagedFields: Hashable, Sendable {
    package enum Operation: String, Hashable, Sendable {
        case apply = "Apply"
        case update = "Update"
    }

    /// Entries with the same one are one entry.
    package struct Manager: Hashable, Sendable {
        package let name: String
        package let operation: Operation
        package let apiVersion: String
        /// Empty for the object itself.
        package let subresource: String

        package init(name: String, operation: Operation, apiVersion: String, subresource: String = "") {
            (self.name, self.operation, self.apiVersion, self.subresource) = (name, operation, apiVersion, subresource)
        }
    }

    package struct Entry: Hashable, Sendable {
        package var fields: FieldSet
        /// RFC 3339; when the set of fields changed last.
        package var time: String?
    }

    /// How many managers that only update are told apart; the oldest beyond that are one.
    private static let maximumUpdaters = 10
    private static let ancient = "ancient-changes"

    package private(set) var entries: [Manager: Entry]

    package init(entries: [Manager: Entry] = [:]) { self.entries = entries }

    /// What cannot be read is left out: nobody owns those fields then, as in Kubernetes.
    package init(_ value: JSONValue?) {
        entries = [:]
        for entry in value?.arrayValue ?? [] {
            guard entry["fieldsType"] == "FieldsV1", let fields = entry["fieldsV1"].flatMap(FieldSet.init(fieldsV1:)),
                let operation = entry["operation"]?.stringValue.flatMap(Operation.init(rawValue:))
            else { continue }
            let manager = Manager(
                name: entry["manager"]?.stringValue ?? "",
                operation: operation,
                apiVersion: entry["apiVersion"]?.stringValue ?? "",
                subresource: entry["subresource"]?.stringValue ?? ""
            )
            let known = entries[manager]?.fields ?? FieldSet()
            entries[manager] = Entry(fields: known.union(fields), time: entry["time"]?.stringValue)
        }
    }

    /// nil when nobody manages anything. Appliers come first, then by time and name.
    package var value: JSONValue? {
        let list = sorted.map { manager, entry in
            var value: JSONValue = [
                "manager": .string(manager.name), "operation": .string(manager.operation.rawValue),
                "apiVersion": .string(manager.apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.fieldsV1,
            ]
            value["time"] = entry.time.map(JSONValue.string)
            if !manager.subresource.isEmpty { value["subresource"] = .string(manager.subresource) }
            return value
        }
        return list.isEmpty ? nil : .array(list)
    }

    private var sorted: [(Manager, Entry)] {
        entries.sorted { left, right in
            let keys = { (manager: Manager, entry: Entry) in
                (manager.operation.rawValue, entry.time ?? "", manager.name)
            }
            let (a, b) = (keys(left.key, left.value), keys(right.key, right.value))
            return a == b ? left.key.subresource < right.key.subresource : a < b
        }.map { ($0.key, $0.value) }
    }

    package subscript(manager: Manager) -> FieldSet { entries[manager]?.fields ?? FieldSet() }

    /// Fields that belong to somebody.
    var all: FieldSet { entries.values.reduce(FieldSet()) { $0.union($1.fields) } }

    /// - Parameter time: of this change, if it is one.
    mutating func set(_ fields: FieldSet, of manager: Manager, time: String) {
        guard !fields.isEmpty else {
            entries[manager] = nil
            return
        }
        guard entries[manager]?.fields != fields else { return }
        entries[manager] = Entry(fields: fields, time: time)
    }

    mutating func map(_ change: (Manager, FieldSet) -> FieldSet) {
        for (manager, entry) in entries {
            let fields = change(manager, entry.fields)
            entries[manager] = fields.isEmpty ? nil : Entry(fields: fields, time: entry.time)
        }
    }

    /// Puts the oldest updaters together when there are too many, each within its version of the API.
    mutating func mergeAncientUpdaters() {
        let updaters = sorted.filter { $0.0.operation == .update }
        guard updaters.count > Self.maximumUpdaters else { return }
        for (manager, entry) in updaters.prefix(updaters.count - Self.maximumUpdaters + 1) {
            let bucket = Manager(
                name: Self.ancient,
                operation: .update,
                apiVersion: manager.apiVersion,
                subresource: manager.subresource
            )
            entries[manager] = nil
            let fields = (entries[bucket]?.fields ?? FieldSet()).union(entry.fields)
            entries[bucket] = Entry(fields: fields, time: entry.time)
        }
    }
}
