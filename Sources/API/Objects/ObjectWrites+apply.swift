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
        part: ObjectPart,
        _ options: WriteOptions
    ) async throws -> APIAnswer {
        try options.checkForApply()
        try NewObject(body: configuration, target: target, definition: definition).checkConfiguration()
        try tracking.checkDeclared(configuration, definition)
        let id = try ObjectID(target)
        let name = ObjectName(namespace: id.namespace, name: id.name)
        return try await write(call, id, definition, part: part, options) { old, stamp throws(APIStatus) in
            if let old { try Self.checkPreconditions(configuration, old) }
            guard old != nil || part == .whole else { throw .notFound(id) }
            if old == nil { try escalation.confirm(.create, target, by: call.caller) }
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
            return object
        }
    }
}
