import JSON
import Schema
import Store
import Web

extension ObjectWrites {
    /// Server-side apply: makes the object like the configuration, as far as that is this manager's to say; creates it if there is none.
    func apply(
        _ configuration: JSONValue,
        _ call: APICall,
        _ target: ResourceTarget,
        _ definition: ResourceDefinition,
        part: ObjectPart
    ) async throws -> APIAnswer {
        let options = try WriteOptions(call.query, userAgent: call.userAgent)
        try options.checkForApply()
        let rendering = try ObjectRendering(call, definition)
        let wanted = NewObject(body: configuration, target: target, definition: definition)
        try wanted.checkConfiguration()
        let id = try ObjectID(target)
        let name = ObjectName(namespace: id.namespace, name: id.name)
        let inputs = try await AdmissionInputs.gather(for: definition, part: part, admission, store)
        for attempt in 1... {
            let old = try await store.find(id)
            if let old { try Self.checkPreconditions(configuration, old) }
            guard old != nil || part == .whole else { throw APIStatus.notFound(id) }
            if old == nil {
                try escalation.confirm(.create, target, by: call.caller)
                try await requireNamespace(target.namespace)
            }
            let stamp = stamp(call, options)
            let (proposal, records) = try tracking.applied(
                admission.stated(configuration, as: definition),
                to: old?.value,
                definition,
                part: part,
                isForced: options.isForced,
                stamp: stamp
            )
            var object =
                if let old {
                    ObjectMetadata.forUpdate(
                        proposal,
                        replacing: old.value,
                        of: definition,
                        target: name,
                        part: part,
                        stamp: stamp
                    )
                } else {
                    ObjectMetadata.forCreation(proposal, of: definition, target: name, stamp: stamp)
                }
            object["metadata"]?["managedFields"] = records
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
                return .json(rendering.one(new, now: now()), code: code, warnings: admitted.warnings)
            } catch StoreError.conflict where attempt < Self.attempts {
                continue
            } catch StoreError.alreadyExists where attempt < Self.attempts {
                continue
            }
        }
        throw APIStatus.internalError
    }
}
