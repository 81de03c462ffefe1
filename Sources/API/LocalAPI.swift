import Foundation
package import JSON
package import Logging
package import Schema
package import Store

/// The API for the controller's own use: the checks, the metadata and the audit line of a request, without a socket.
package struct LocalAPI: Sendable {
    /// What applying an object did.
    package enum Outcome: String, Sendable {
        case created, configured, unchanged
    }

    private let store: any ObjectStore
    private let catalog: ResourceCatalog
    private let service: APIService

    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        admission: Admission,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.store = store
        self.catalog = catalog
        service = APIService(
            store: store,
            catalog: catalog,
            admission: admission,
            rules: .builtIn,
            version: "",
            health: [],
            now: now
        )
    }

    /// Creates the object, or replaces what it says; labels and annotations that it does not name stay.
    ///
    /// - Parameters:
    ///   - manager: recorded as what the change was made with.
    /// - Throws: `InvalidObject`, `StoreError`, or the API's own refusal; each describes itself.
    package func apply(_ object: JSONValue, manager: String, logger: Logger) async throws -> (Outcome, warnings: [String]) {
        let apiVersion = object["apiVersion"]?.stringValue ?? ""
        let kind = object["kind"]?.stringValue ?? ""
        guard let definition = catalog.definition(apiVersion: apiVersion, kind: kind) else {
            throw UnknownKind(apiVersion: apiVersion, kind: kind)
        }
        guard let name = object.value(at: "metadata", "name")?.stringValue, !name.isEmpty else { throw NameMissing(kind: kind) }
        let namespace =
            definition.scope == .namespaced ? object.value(at: "metadata", "namespace")?.stringValue ?? "default" : nil
        let id = ObjectID(ResourceName(group: definition.group, plural: definition.plural), namespace: namespace, name: name)
        let list = Self.path(of: id, definition)
        guard let old = try await found(id) else {
            let answer = try await respond("POST", list, object, manager, logger)
            return (.created, answer.warnings)
        }
        var replacement = object
        for part in ["labels", "annotations"] {
            let merged = (old.value.value(at: "metadata", part) ?? [:]).merging(object.value(at: "metadata", part))
            replacement["metadata"]?[part] = merged.objectValue?.isEmpty ?? true ? nil : merged
        }
        replacement["metadata"]?["resourceVersion"] = .string(String(old.version))
        let answer = try await respond("PUT", "\(list)/\(name)", replacement, manager, logger)
        let after = try await store.get(id)
        return (after.version == old.version ? .unchanged : .configured, answer.warnings)
    }

    private func found(_ id: ObjectID) async throws -> StoredObject? {
        do { return try await store.get(id) } catch StoreError.notFound { return nil }
    }

    private func respond(
        _ method: String,
        _ path: String,
        _ object: JSONValue,
        _ manager: String,
        _ logger: Logger
    ) async throws -> APIAnswer {
        let call = APICall(
            method: method,
            path: path,
            query: Query("fieldManager=\(manager)&fieldValidation=Strict"),
            accept: MediaRange.List("application/json"),
            contentType: "application/json",
            userAgent: "controller",
            body: JSONWriter.bytes(of: object),
            caller: Caller(username: "system:controller", groups: ["system:masters"]),
            requestID: UUID().uuidString
        )
        return try await service.respond(to: call, logger: logger)
    }

    private static func path(of id: ObjectID, _ definition: ResourceDefinition) -> String {
        let root = definition.group.isEmpty ? "/api/\(definition.version)" : "/apis/\(definition.apiVersion)"
        return root + (id.namespace.map { "/namespaces/\($0)" } ?? "") + "/\(definition.plural)"
    }
}

/// A manifest of a kind that this build does not serve.
package struct UnknownKind: LocalizedError, CustomStringConvertible {
    package let apiVersion: String
    package let kind: String

    package init(apiVersion: String, kind: String) {
        self.apiVersion = apiVersion
        self.kind = kind
    }

    package var description: String { "no kind \"\(kind)\" in version \"\(apiVersion)\" is served here" }
    package var errorDescription: String? { description }
}

/// A manifest without `metadata.name`.
package struct NameMissing: LocalizedError, CustomStringConvertible {
    package let kind: String

    package var description: String { "metadata.name: Required value: the \(kind) has no name" }
    package var errorDescription: String? { description }
}

extension JSONValue {
    fileprivate func merging(_ other: JSONValue?) -> JSONValue {
        var merged = self
        for (name, value) in other?.objectValue ?? [:] { merged[name] = value }
        return merged
    }
}
