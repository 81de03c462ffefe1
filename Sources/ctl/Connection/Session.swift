import Client
import JSON
import Schema

/// A command's connection: the client and the namespace in force.
struct Session: Sendable {
    let client: ControllerClient
    let namespace: String
    /// Whether `-n` named it, so that a manifest must agree.
    let isNamespaceGiven: Bool
    /// How long a watch may go on; nil: until it is interrupted.
    let watchTime: Duration?

    /// Reads `TYPE NAME…`, `TYPE,TYPE` and `TYPE/NAME…`, asking the server which types it has.
    func targets(_ words: [String]) async throws -> [Target] {
        let references = try ObjectReference.parse(words)
        let resources = try await client.resources()
        return try references.flatMap { reference in
            try resources.resolveAll(reference.type).map { resource in
                Target(resource: resource, name: reference.name, namespace: resource.isNamespaced ? namespace : nil)
            }
        }
    }

    /// What manifests name.
    func targets(of manifests: [Manifest]) async throws -> [NamedTarget] {
        let resources = try await client.resources()
        return try manifests.map { try target(of: $0.value, in: resources) }
    }

    /// As `targets`, where each must have a name.
    func namedTargets(_ words: [String]) async throws -> [NamedTarget] {
        try await targets(words).map { target in
            guard let name = target.name else {
                throw CommandFailure("a name is needed: \(target.resource.singular) NAME, or \(target.resource.singular)/NAME")
            }
            return NamedTarget(resource: target.resource, name: name, namespace: target.resource.isNamespaced ? namespace : nil)
        }
    }

    /// Where an object of a manifest belongs.
    func target(of object: JSONValue, in resources: APIResources) throws -> NamedTarget {
        guard let apiVersion = object["apiVersion"]?.stringValue, let kind = object["kind"]?.stringValue else {
            throw CommandFailure("apiVersion and kind must be set")
        }
        let resource = try resources.resolve(apiVersion: apiVersion, kind: kind)
        guard let name = object.value(at: "metadata", "name")?.stringValue, !name.isEmpty else {
            throw CommandFailure("\(kind): metadata.name must be set")
        }
        guard resource.isNamespaced else { return NamedTarget(resource: resource, name: name, namespace: nil) }
        let own = object.value(at: "metadata", "namespace")?.stringValue
        if let own, isNamespaceGiven, own != namespace {
            throw CommandFailure(
                "the namespace from the provided object \"\(own)\" does not match the namespace \"\(namespace)\"; pass '--namespace=\(own)'"
            )
        }
        return NamedTarget(resource: resource, name: name, namespace: own ?? namespace)
    }
}

/// What a command works on: a whole resource, or one object of it.
struct Target: Sendable, Hashable {
    let resource: APIResource
    let name: String?
    /// nil where the resource has none.
    let namespace: String?

    init(resource: APIResource, name: String?, namespace: String?) {
        self.resource = resource
        self.name = name
        self.namespace = namespace
    }

    init(_ target: NamedTarget) { self.init(resource: target.resource, name: target.name, namespace: target.namespace) }
}

/// One object, by its place in the API.
struct NamedTarget: Sendable, Hashable {
    let resource: APIResource
    let name: String
    /// nil where the resource has none.
    let namespace: String?

    /// `authentication.config.openshift.io/cluster`
    var description: String { "\(resource.typeName)/\(name)" }
    var path: ResourcePath { resource.path(namespace: namespace, name: name) }
    var listPath: ResourcePath { resource.path(namespace: namespace) }
}
