import AuthenticationFile
import Foundation
import JSON
import Resolve
import Schema
import Snapshot

/// What `ctl token explain -f` is given: an `AuthenticationConfiguration`, or an `Authentication` with what it refers to.
struct ConfigurationFiles {
    /// Finds an object that is in no file.
    typealias LookUp = (ObjectID) async throws -> JSONValue?

    /// The files, as a person calls them.
    let name: String
    private let manifests: [Manifest]
    /// Where objects are that name no namespace.
    private let namespace: String

    init(_ paths: [String], namespace: String) throws {
        self.init(
            try ManifestFiles.read(paths),
            name: paths.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", "),
            namespace: namespace
        )
    }

    init(_ manifests: [Manifest], name: String, namespace: String) {
        (self.manifests, self.name, self.namespace) = (manifests, name, namespace)
    }

    /// The snapshot that a worker would get.
    ///
    /// - Parameters:
    ///   - allowsReservedNames: of a worker that runs by a file of Kubernetes; an `Authentication` says it itself.
    ///   - server: called only if something is missing; nil where there is no server to ask.
    func snapshot(allowsReservedNames: Bool, server: () throws -> LookUp?) async throws -> WorkerSnapshot {
        let kubernetes = manifests.filter { $0.kind == AuthenticationConfiguration.kind }
        let ours = manifests.filter { $0.kind == "Authentication" }
        switch (kubernetes.count, ours.count) {
        case (1, 0):
            let configuration = try AuthenticationConfiguration.read(kubernetes[0])
            return try configuration.snapshot(revision: 1, allowsReservedNames: allowsReservedNames)
        case (0, 1) where allowsReservedNames:
            throw CommandFailure(
                "--allow-reserved-names is for a file of Kubernetes; an Authentication has claimMappings.reservedNamePolicy"
            )
        case (0, 1): return try await resolved(ours[0], server)
        case (0, 0): throw CommandFailure("there is neither an Authentication nor an AuthenticationConfiguration in \(name)")
        default:
            let found = (kubernetes + ours).map { "\($0.kind ?? "") in \($0.source)" }.joined(separator: ", ")
            throw CommandFailure("a token is judged by one configuration; here are several: \(found)")
        }
    }

    // MARK: An Authentication

    private func resolved(_ manifest: Manifest, _ server: () throws -> LookUp?) async throws -> WorkerSnapshot {
        // How many providers are allowed is the cluster's affair; any number of them can judge.
        let admission = Admission(catalog: try ResourceCatalog.builtIn(), options: .init(multipleOIDCProviders: true))
        var spec = try (try admitted(manifest, admission)["spec"] ?? [:]).decoded(as: Authentication.Spec.self)
        // What web consoles log in with, and what clients are told, decides about no token.
        spec.oauthMetadata = nil
        for index in (spec.oidcProviders ?? []).indices { spec.oidcProviders?[index].oidcClients = nil }
        let references = Set(spec.references).subtracting([.oauthMetadata])

        var objects: [ObjectID: JSONValue] = [:]
        for manifest in manifests where references.contains(where: { $0.isNamed(by: manifest) }) {
            let object = try admitted(manifest, admission)
            guard let id = references.first(where: { $0.names(object) }) else { continue }
            guard objects.updateValue(object, forKey: id) == nil else {
                throw CommandFailure("\(id.words) is there twice in \(name)")
            }
        }
        let missing = references.subtracting(objects.keys).sorted { $0.words < $1.words }
        if !missing.isEmpty {
            guard let lookUp = try server() else { throw CommandFailure(absence(of: missing)) }
            for id in missing { objects[id] = try await lookUp(id) }
        }

        let resolution = Resolution(of: spec, with: ReferencedObjects(objects))
        guard resolution.problems.isEmpty else {
            let lines = resolution.problems.map { "  " + $0.advice }
            throw CommandFailure("\(manifest.source) could not be put into force:\n" + lines.joined(separator: "\n"))
        }
        return resolution.content
    }

    /// The object as the server would store it.
    private func admitted(_ manifest: Manifest, _ admission: Admission) throws -> JSONValue {
        let verdict = ManifestVerdict.judge(manifest, previous: [], by: admission, namespace: namespace)
        guard let object = verdict.object else {
            throw CommandFailure(verdict.problemText ?? "\(manifest.source) is not valid")
        }
        return object
    }

    private func absence(of missing: [ObjectID]) -> String {
        let lines = missing.map { id in
            let elsewhere = manifests.first { id.isNamed(by: $0) }
            let hint = elsewhere.map { "; the one in \($0.source) is in namespace \($0.namespace ?? namespace)" }
            return "  " + id.words + (hint ?? "")
        }
        return """
            \(name) refers to objects that are in no file:
            \(lines.joined(separator: "\n"))
            Add them to the file as further documents, or with another -f; or name the server that has them (--kubeconfig, --server).
            """
    }
}

extension ObjectID {
    private var kind: String { resource == .secrets ? "Secret" : "ConfigMap" }
    var words: String { "\(kind) \(namespace.map { "\($0)/" } ?? "")\(name)" }

    /// Whether a manifest is of this kind and name, in whatever namespace.
    fileprivate func isNamed(by manifest: Manifest) -> Bool {
        manifest.apiVersion == "v1" && manifest.kind == kind && manifest.name == name
    }

    fileprivate func names(_ object: JSONValue) -> Bool {
        object["kind"]?.stringValue == kind && object.value(at: "metadata", "name")?.stringValue == name
            && object.value(at: "metadata", "namespace")?.stringValue == namespace
    }
}
