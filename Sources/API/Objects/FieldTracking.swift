import FieldManagement
import JSON
import Schema
import Web

/// Keeps `metadata.managedFields`: who manages which fields, for the objects of every kind.
struct FieldTracking: Sendable {
    /// Owns what was there before anybody was recorded, when somebody applies for the first time; the name is Kubernetes'.
    private static let beforeFirstApply = "before-first-apply"

    private struct Kind: Hashable {
        let apiVersion: String
        let kind: String
    }

    private let ownerships: [Kind: FieldOwnership]
    private let admission: Admission

    init(_ catalog: ResourceCatalog, _ admission: Admission) {
        self.admission = admission
        // The server writes these at every change of a spec, whoever asks for it.
        let stamps = [WriteStamp.changedBy, WriteStamp.changedWith].map { name in
            [PathElement.field("metadata"), .field("annotations"), .field(name)]
        }
        let kinds = catalog.definitions.map { definition in
            (
                Kind(apiVersion: definition.apiVersion, kind: definition.kind),
                FieldOwnership(
                    shape: MergeShape(objectSchema: definition.openAPISchema),
                    apiVersion: definition.apiVersion,
                    unmanaged: stamps
                )
            )
        }
        ownerships = Dictionary(kinds) { first, _ in first }
    }

    private func ownership(of definition: ResourceDefinition) -> FieldOwnership {
        ownerships[Kind(apiVersion: definition.apiVersion, kind: definition.kind)]
            ?? FieldOwnership(shape: .unknown, apiVersion: definition.apiVersion)
    }

    /// The object with the records that a write by other means than apply leaves.
    ///
    /// - Parameters:
    ///   - object: as it goes to validation.
    ///   - old: what was stored; nil for a new object.
    ///   - claimed: the records that the client sent, which it may edit.
    func updated(
        _ object: JSONValue,
        replacing old: JSONValue?,
        claimed: JSONValue? = nil,
        _ definition: ResourceDefinition,
        part: ObjectPart = .whole,
        stamp: WriteStamp
    ) -> JSONValue {
        let stored = ManagedFields(old?.value(at: "metadata", "managedFields"))
        let managed = ownership(of: definition).updating(
            from: old ?? Self.bare(object),
            to: admission.normalized(object, as: definition),
            managed: Self.records(claimed: claimed, stored: stored),
            manager: stamp.manager,
            subresource: part == .status ? "status" : "",
            time: Timestamp.text(of: stamp.now)
        )
        var object = object
        object["metadata"]?["managedFields"] = managed.value
        return object
    }

    /// Refuses a configuration with fields that its kind does not have, whatever else is said of such fields: nobody can own them.
    func checkDeclared(_ configuration: JSONValue, _ definition: ResourceDefinition) throws(APIStatus) {
        let configuration = admission.stated(configuration, as: definition)
        let shape = ownership(of: definition).shape
        let problems = admission.unknownFields(of: configuration, as: definition).map { path in
            let steps: [PathElement] = path.steps.map { step in
                switch step {
                case .field(let name), .key(let name): .field(name)
                case .index(let number): .index(number)
                }
            }
            let place = shape.naming(steps, in: configuration).map(\.description).joined()
            return "\(place): field not declared in schema"
        }
        guard !problems.isEmpty else { return }
        let name = ["namespace", "name"].map { configuration.value(at: "metadata", $0)?.stringValue ?? "" }
        let kind = "\(definition.group)/\(definition.version), Kind=\(definition.kind)"
        let list = problems.count == 1 ? problems[0] : (["errors:"] + problems).joined(separator: "\n  ")
        throw .badRequest("failed to create typed patch object (\(name.joined(separator: "/")); \(kind)): \(list)")
    }

    /// The object and its records after a configuration was applied to it.
    ///
    /// - Parameter old: what is stored; nil: the object is new.
    func applied(
        _ configuration: JSONValue,
        to old: JSONValue?,
        _ definition: ResourceDefinition,
        part: ObjectPart,
        isForced: Bool,
        stamp: WriteStamp
    ) throws(APIStatus) -> (object: JSONValue, records: JSONValue?) {
        let ownership = ownership(of: definition)
        let time = Timestamp.text(of: stamp.now)
        var managed = ManagedFields(old?.value(at: "metadata", "managedFields"))
        if let old, managed.entries.isEmpty {
            managed = ownership.updating(
                from: Self.bare(old),
                to: old,
                managed: managed,
                manager: Self.beforeFirstApply,
                time: time
            )
        }
        let live = old ?? Self.bare(configuration)
        let apply = { (isForced: Bool) throws(FieldConflicts) in
            let applied = try ownership.applying(
                configuration,
                to: live,
                managed: managed,
                manager: stamp.manager,
                subresource: part == .status ? "status" : "",
                isForced: isForced,
                time: time
            )
            return (applied.object, applied.managed.value)
        }
        do throws(FieldConflicts) {
            do throws(FieldConflicts) {
                return try apply(isForced)
            } catch {
                let rest = conflicts(error.conflicts, beyondLastAppliedOf: live, ownership, stamp)
                guard rest.isEmpty else { throw .init(conflicts: rest) }
                return try apply(true)
            }
        } catch {
            throw .applyConflict(error.conflicts)
        }
    }

    /// What kubectl applied by itself before, it may go on to apply through the server: the fields in its annotation are its own.
    private func conflicts(
        _ conflicts: [FieldConflict],
        beyondLastAppliedOf live: JSONValue,
        _ ownership: FieldOwnership,
        _ stamp: WriteStamp
    ) -> [FieldConflict] {
        guard stamp.manager == "kubectl",
            let text = live.value(at: "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")?
                .stringValue,
            let last = try? JSONParser.parse(text)
        else { return conflicts }
        let own = ownership.fields(of: last)
        return conflicts.filter { !own.contains($0.path) }
    }

    /// A client may correct the records; an empty list, or one with an empty record, forgets all of them.
    private static func records(claimed: JSONValue?, stored: ManagedFields) -> ManagedFields {
        guard let claimed = claimed?.arrayValue else { return stored }
        if claimed.isEmpty || claimed == [[:]] { return ManagedFields() }
        let read = ManagedFields(.array(claimed))
        return read.entries.isEmpty ? stored : read
    }

    /// Which object it is, and nothing else.
    private static func bare(_ object: JSONValue) -> JSONValue {
        var bare: JSONValue = ["metadata": [:]]
        for name in ["apiVersion", "kind"] { bare[name] = object[name] }
        for name in ["name", "namespace"] { bare["metadata"]?[name] = object.value(at: "metadata", name) }
        return bare
    }
}

extension APIStatus {
    static func applyConflict(_ conflicts: [FieldConflict]) -> APIStatus {
        APIStatus(
            code: 409,
            reason: "Conflict",
            message: FieldConflict.summary(conflicts),
            details: .init(
                causes: conflicts.map { .init(reason: "FieldManagerConflict", message: $0.message, field: $0.field) }
            )
        )
    }
}
