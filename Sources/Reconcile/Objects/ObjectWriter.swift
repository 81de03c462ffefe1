import Foundation
import JSON
import Schema
import Store

/// Writes the controller's own objects: through admission like everybody's, and only when something is different.
struct ObjectWriter: Sendable {
    let store: any ObjectStore
    /// Allows several providers: what is already stored is not for this writer to judge.
    let admission: Admission

    init(store: any ObjectStore, catalog: ResourceCatalog) {
        self.store = store
        self.admission = Admission(catalog: catalog, options: Admission.Options(multipleOIDCProviders: true))
    }

    /// Puts a new object into the store; the kind is the one it names itself.
    ///
    /// - Returns: nil when an object with this name is there already.
    @discardableResult
    func create(_ object: JSONValue, now: Int64) async throws -> StoredObject? {
        let definition = try definition(of: object)
        var object = object
        var metadata = object["metadata"] ?? [:]
        metadata["uid"] = .string(UUID().uuidString.lowercased())
        metadata["creationTimestamp"] = .string(Timestamp.text(of: now))
        if !definition.isBuiltIn { metadata["generation"] = 1 }
        object["metadata"] = metadata
        let admitted = try admission.admit(object, as: definition)
        do {
            return try await store.create(admitted.object)
        } catch {
            guard case .alreadyExists = error else { throw error }
            return nil
        }
    }

    /// Replaces `status` if it is another one, and only if nobody wrote the object since it was read.
    ///
    /// - Returns: whether something was written.
    @discardableResult
    func setStatus(_ status: JSONValue, of object: StoredObject) async throws -> Bool {
        guard object.value["status"] != status else { return false }
        var value = object.value
        value["status"] = status
        return try await replace(object, by: value, subresource: .status)
    }

    /// Replaces the whole object if it is another one, and only if nobody wrote it since it was read.
    @discardableResult
    func replace(_ object: StoredObject, by value: JSONValue, subresource: Admission.Subresource = .none) async throws -> Bool {
        let definition = try definition(of: value)
        let admitted = try admission.admit(value, as: definition, replacing: object.value, subresource: subresource)
        guard admitted.object.value != object.value else { return false }
        _ = try await store.update(admitted.object, ifVersion: object.version)
        return true
    }

    private func definition(of object: JSONValue) throws -> ResourceDefinition {
        let kind = object["kind"]?.stringValue ?? ""
        let apiVersion = object["apiVersion"]?.stringValue ?? ""
        guard let definition = admission.catalog.definition(apiVersion: apiVersion, kind: kind) else {
            throw UnknownKind(apiVersion: apiVersion, kind: kind)
        }
        return definition
    }

    /// A fault of this program, not of a user.
    struct UnknownKind: Error, CustomStringConvertible {
        let apiVersion: String
        let kind: String

        var description: String { "this build does not know the kind \(kind) of \(apiVersion)" }
    }
}
