package import JSON

/// What becomes of an object and of who manages its fields when somebody writes it. Pure functions of values.
///
/// The rules are those of Kubernetes' server-side apply: an applier owns what it says and takes away what it no longer says, as long as
/// nobody else owns it; whoever else writes owns what it changed.
package struct FieldOwnership: Sendable {
    package let shape: MergeShape
    /// The version of the API that paths are in.
    package let apiVersion: String

    private let unmanaged: FieldSet

    /// - Parameter unmanaged: further places that nobody manages, as the server writes them.
    package init(shape: MergeShape, apiVersion: String, unmanaged: [[PathElement]] = []) {
        (self.shape, self.apiVersion) = (shape, apiVersion)
        self.unmanaged = Self.identity.union(FieldSet(unmanaged))
    }

    /// Nobody manages these: they say which object it is, or are the server's.
    private static let identity: FieldSet = {
        let metadata = [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion",
        ]
        return FieldSet(
            [[.field("apiVersion")], [.field("kind")], [.field("metadata")]]
                + metadata.map { [.field("metadata"), .field($0)] }
        )
    }()

    /// The fields that a configuration is about.
    package func fields(of configuration: JSONValue) -> FieldSet {
        FieldWalk.fields(of: configuration, shape).subtracting(unmanaged)
    }

    // MARK: - Applying

    package struct Applied: Hashable, Sendable {
        package let object: JSONValue
        package let managed: ManagedFields
    }

    /// The object after a configuration was applied, and who manages it then.
    ///
    /// - Parameters:
    ///   - live: what is stored; an object with apiVersion, kind and metadata alone when there is nothing yet.
    ///   - isForced: other managers lose the fields that are in conflict.
    ///   - time: RFC 3339, of this write.
    package func applying(
        _ configuration: JSONValue,
        to live: JSONValue,
        managed: ManagedFields,
        manager name: String,
        subresource: String = "",
        isForced: Bool,
        time: String
    ) throws(FieldConflicts) -> Applied {
        let manager = ManagedFields.Manager(name: name, operation: .apply, apiVersion: apiVersion, subresource: subresource)
        let last = managed[manager]
        let wanted = fields(of: configuration)
        var managers = managed
        managers.set(wanted, of: manager, time: time)
        let merged = FieldWalk.merged(live, with: configuration, shape)
        let object = pruned(merged, last: last, managers: managers)
        let difference = FieldWalk.difference(from: live, to: object, shape)
        let changed = difference.added.union(difference.modified)
        let conflicts = conflicts(of: changed, manager, managers)
        guard conflicts.isEmpty || isForced else { throw FieldConflicts(conflicts: conflicts) }
        managers.map { $0 == manager ? $1 : $1.subtracting(changed).subtracting(difference.removed) }
        return Applied(object: object, managed: managers)
    }

    private func conflicts(
        of changed: FieldSet,
        _ manager: ManagedFields.Manager,
        _ managers: ManagedFields
    ) -> [FieldConflict] {
        managers.entries.filter { $0.key != manager }.flatMap { other, entry in
            entry.fields.intersection(changed).paths.map { FieldConflict(manager: other, time: entry.time, path: $0) }
        }.sorted { ($0.field, $0.message) < ($1.field, $1.message) }
    }

    /// Without what this manager owned before and does not say any more, unless another one owns it.
    private func pruned(_ merged: JSONValue, last: FieldSet, managers: ManagedFields) -> JSONValue {
        guard !last.isEmpty else { return merged }
        let last = last.withNamedFields(of: shape)
        let first = FieldWalk.removing(last, from: merged, shape) ?? [:]
        let all = named(merged)
        // Back with what others own, or this manager still does …
        let kept = named(first).union(managers.all.withNamedFields(of: shape))
        let second = FieldWalk.removing(all.subtracting(kept), from: merged, shape) ?? [:]
        // … and with what nobody ever owned.
        let gone = all.subtracting(named(second)).intersection(last)
        return FieldWalk.removing(gone, from: merged, shape) ?? [:]
    }

    private func named(_ value: JSONValue) -> FieldSet { FieldWalk.fields(of: value, shape).withNamedFields(of: shape) }

    // MARK: - Updating

    /// Who manages the object after somebody wrote it otherwise than by applying.
    package func updating(
        from live: JSONValue,
        to object: JSONValue,
        managed: ManagedFields,
        manager name: String,
        subresource: String = "",
        time: String
    ) -> ManagedFields {
        let manager = ManagedFields.Manager(name: name, operation: .update, apiVersion: apiVersion, subresource: subresource)
        let difference = FieldWalk.difference(from: live, to: object, shape)
        let changed = difference.added.union(difference.modified).subtracting(unmanaged)
        let removed = difference.removed
        var managers = managed
        managers.map { $0 == manager ? $1 : $1.subtracting(changed).subtracting(removed) }
        managers.set(managers[manager].union(changed).subtracting(removed), of: manager, time: time)
        managers.mergeAncientUpdaters()
        return managers
    }
}
