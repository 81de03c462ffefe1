import Foundation
import JSON
import Schema
import Store
import Web

/// Create, update, patch and delete: everything that changes the store, behind validation.
struct ObjectWrites: Sendable {
    let store: any ObjectStore
    let catalog: ResourceCatalog
    let admission: Admission
    let tracking: FieldTracking
    let escalation: PrivilegeEscalation
    let trials: [DryRunTrial]
    let now: @Sendable () -> Int64

    /// How often a patch is put to a newer version before its sender has to know.
    static let attempts = 5

    func create(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer {
        guard target.name == nil else { throw APIStatus.methodNotAllowed }
        let options = try WriteOptions(call.query, userAgent: call.userAgent)
        let rendering = try ObjectRendering(call, definition)
        var warnings: [String] = []
        let body = try ObjectBody.read(call, options.fieldValidation, warnings: &warnings)
        let new = NewObject(body: body, target: target, definition: definition)
        try new.check()
        try await requireNamespace(target.namespace)
        let inputs = try await AdmissionInputs.gather(
            for: definition,
            part: .whole,
            admission,
            store,
            now: now(),
            breakGlass: call.caller.breakGlass
        )
        for attempt in 1... {
            let name = try new.name()
            let stamp = stamp(call, options)
            var object = ObjectMetadata.forCreation(body, of: definition, target: name, stamp: stamp)
            object = tracking.updated(object, replacing: nil, definition, stamp: stamp)
            let admitted = try inputs.admission.admit(
                object,
                as: definition,
                replacing: nil,
                fieldValidation: options.fieldValidation,
                subresource: .none,
                exists: inputs.exists
            )
            try await escalation.check(admitted.object, by: call.caller)
            do {
                let stored = try await stored(admitted.object, dryRun: options.isDryRun)
                let sentences = await tried(admitted.object, options)
                return .json(
                    rendering.one(stored, now: now()),
                    code: 201,
                    warnings: warnings + admitted.warnings + inputs.warnings + sentences
                )
            } catch StoreError.alreadyExists where new.isNameGenerated && attempt < Self.attempts {
                continue
            }
        }
        throw APIStatus.internalError
    }

    func update(
        _ call: APICall,
        _ target: ResourceTarget,
        _ definition: ResourceDefinition,
        part: ObjectPart
    ) async throws -> APIAnswer {
        let options = try WriteOptions(call.query, userAgent: call.userAgent)
        var warnings: [String] = []
        let body = try ObjectBody.read(call, options.fieldValidation, warnings: &warnings)
        let replacement = NewObject(body: body, target: target, definition: definition)
        try replacement.checkAgainstPath()
        let hasVersion = body.value(at: "metadata", "resourceVersion")?.stringValue.map { !$0.isEmpty } ?? false
        guard hasVersion || definition.isBuiltIn else { throw replacement.missingVersion }
        return try await change(call, target, definition, part: part, options, warnings) { _ in body }
    }

    func patch(
        _ call: APICall,
        _ target: ResourceTarget,
        _ definition: ResourceDefinition,
        part: ObjectPart
    ) async throws -> APIAnswer {
        let options = try WriteOptions(call.query, userAgent: call.userAgent)
        var warnings: [String] = []
        let patch = try PatchDocument(call, for: definition, options.fieldValidation, warnings: &warnings)
        if case .apply(let configuration) = patch {
            return try await apply(configuration, call, target, definition, part: part, options)
        }
        return try await change(call, target, definition, part: part, options, warnings) { old throws(APIStatus) in
            let patched = try patch.applied(to: old)
            try NewObject(body: patched, target: target, definition: definition).checkAgainstPath()
            return patched
        }
    }
}

// MARK: - Steps

extension ObjectWrites {
    /// Changes an object that is there: `propose` makes the new one of the old.
    private func change(
        _ call: APICall,
        _ target: ResourceTarget,
        _ definition: ResourceDefinition,
        part: ObjectPart,
        _ options: WriteOptions,
        _ warnings: [String],
        propose: (JSONValue) throws(APIStatus) -> JSONValue
    ) async throws -> APIAnswer {
        let id = try ObjectID(target)
        return try await write(call, id, definition, part: part, options, warnings) { old, stamp throws(APIStatus) in
            guard let old else { throw .notFound(id) }
            let proposal = try propose(old.value)
            try Self.checkPreconditions(proposal, old)
            let object = ObjectMetadata.forUpdate(
                proposal,
                replacing: old.value,
                of: definition,
                target: ObjectName(namespace: id.namespace, name: id.name),
                part: part,
                stamp: stamp
            )
            return tracking.updated(
                object,
                replacing: old.value,
                claimed: proposal.value(at: "metadata", "managedFields"),
                definition,
                part: part,
                stamp: stamp
            )
        }
    }

    /// Reads, lets `make` say what is to be there, validates, and writes if nobody was faster; if somebody was, all over again.
    ///
    /// - Parameters:
    ///   - warnings: of the body; what admission has to say follows them.
    ///   - make: gets nil where nothing is yet, and gives the object with its metadata and field records.
    func write(
        _ call: APICall,
        _ id: ObjectID,
        _ definition: ResourceDefinition,
        part: ObjectPart,
        _ options: WriteOptions,
        _ warnings: [String] = [],
        make: (StoredObject?, WriteStamp) throws(APIStatus) -> JSONValue
    ) async throws -> APIAnswer {
        let rendering = try ObjectRendering(call, definition)
        let inputs = try await AdmissionInputs.gather(
            for: definition,
            part: part,
            admission,
            store,
            now: now(),
            breakGlass: call.caller.breakGlass
        )
        for attempt in 1... {
            let old = try await store.find(id)
            let object = try make(old, stamp(call, options))
            if old == nil { try await requireNamespace(id.namespace) }
            let admitted = try inputs.admission.admit(
                object,
                as: definition,
                replacing: old?.value,
                fieldValidation: options.fieldValidation,
                subresource: part == .status ? .status : .none,
                exists: inputs.exists
            )
            try await escalation.check(admitted.object, by: call.caller)
            do {
                let (new, code) = try await put(admitted.object, over: old, dryRun: options.isDryRun)
                let sentences = part == .whole ? await tried(admitted.object, options) : []
                return .json(
                    rendering.one(new, now: now()),
                    code: code,
                    warnings: warnings + admitted.warnings + inputs.warnings + sentences
                )
            } catch StoreError.conflict where attempt < Self.attempts {
                continue
            } catch StoreError.alreadyExists where attempt < Self.attempts {
                continue
            } catch StoreError.notFound where attempt < Self.attempts {
                // Deleted meanwhile: an apply makes it anew, the others are told.
                continue
            }
        }
        throw APIStatus.internalError
    }

    /// What would be found out after the write, if it were one.
    private func tried(_ object: CheckedObject, _ options: WriteOptions) async -> [String] {
        guard options.isDryRun else { return [] }
        var sentences: [String] = []
        for trial in trials where trial.resource == ObjectID(object).resource {
            sentences += await trial.sentences(object.value)
        }
        return sentences
    }

    /// What the client believed about the object must be so.
    static func checkPreconditions(_ proposal: JSONValue, _ old: StoredObject) throws(APIStatus) {
        if let version = proposal.value(at: "metadata", "resourceVersion")?.stringValue, !version.isEmpty,
            version != String(old.version)
        {
            throw APIStatus(.conflict(old.id, current: old.version))
        }
        let uid = old.value.value(at: "metadata", "uid")?.stringValue ?? ""
        if let wanted = proposal.value(at: "metadata", "uid")?.stringValue, !wanted.isEmpty, wanted != uid {
            throw .conflict(old.id, "Precondition failed: UID in precondition: \(wanted), UID in object meta: \(uid)")
        }
    }

    /// - Returns: the object as it is stored then, or would be: that of a dry run has no version of its own.
    private func stored(_ object: CheckedObject, dryRun: Bool) async throws -> StoredObject {
        guard dryRun else { return try await store.create(object) }
        let id = ObjectID(object)
        guard try await store.find(id) == nil else { throw StoreError.alreadyExists(id) }
        return StoredObject(id: id, value: object.value, version: 0)
    }

    func put(_ object: CheckedObject, over old: StoredObject?, dryRun: Bool) async throws -> (StoredObject, code: Int) {
        guard let old else { return (try await stored(object, dryRun: dryRun), 201) }
        // What changes nothing is not written: its revision stays, and no watcher wakes up.
        if object.value == old.value { return (old, 200) }
        let new = StoredObject(id: old.id, value: object.value, version: old.version)
        if Finalizers.isReadyToGo(object.value) {
            if !dryRun { _ = try await store.delete(old.id, ifVersion: old.version) }
            return (new, 200)
        }
        return (dryRun ? new : try await store.update(object, ifVersion: old.version), 200)
    }

    func requireNamespace(_ namespace: String?) async throws {
        guard let namespace else { return }
        _ = try await store.get(ObjectID(ResourceName(group: "", plural: "namespaces"), name: namespace))
    }

    func stamp(_ call: APICall, _ options: WriteOptions) -> WriteStamp {
        WriteStamp(
            now: now(),
            user: call.caller.username,
            manager: options.manager,
            uid: UUID().uuidString.lowercased()
        )
    }
}
