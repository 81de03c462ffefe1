import ArgumentParser
import Client
import JSON

/// `--dry-run`: how far a change goes.
enum DryRun: String, ExpressibleByArgument, CaseIterable, Sendable {
    case none, client, server

    /// Follows what is printed about an object.
    var suffix: String {
        switch self {
        case .none: ""
        case .client: " (dry run)"
        case .server: " (server dry run)"
        }
    }
}

/// What became of an object.
struct WriteOutcome: Sendable, Hashable {
    enum Change: String, Sendable { case created, configured, unchanged }

    let change: Change
    /// The object as it is now, or would be.
    let object: JSONValue
}

/// Puts manifests into the API the way `kubectl apply` does.
struct ObjectWriter: Sendable {
    let client: ControllerClient
    var dryRun: DryRun = .none
    var fieldValidation = "Strict"
    var fieldManager = "ctl-apply"

    func apply(_ manifest: JSONValue, to target: NamedTarget) async throws -> WriteOutcome {
        var manifest = manifest
        if let namespace = target.namespace { manifest["metadata"]?["namespace"] = .string(namespace) }
        let wanted = LastApplied.recording(manifest)
        guard let current = try await client.find(target.path) else { return try await create(wanted, target) }
        let patch = ThreeWayMerge.patch(original: LastApplied.manifest(of: current), modified: wanted, current: current)
        guard patch.objectValue?.isEmpty == false else { return WriteOutcome(change: .unchanged, object: current) }
        if dryRun == .client { return WriteOutcome(change: .configured, object: wanted) }
        let changed = try await client.patch(target.path, merging: patch, options)
        let version = { (object: JSONValue) in object.value(at: "metadata", "resourceVersion") }
        let isSame = dryRun == .none && version(changed) == version(current)
        return WriteOutcome(change: isSame ? .unchanged : .configured, object: changed)
    }

    private func create(_ wanted: JSONValue, _ target: NamedTarget) async throws -> WriteOutcome {
        if dryRun == .client { return WriteOutcome(change: .created, object: wanted) }
        return WriteOutcome(change: .created, object: try await client.create(target.listPath, wanted, options))
    }

    private var options: WriteOptions {
        WriteOptions(dryRun: dryRun == .server, fieldManager: fieldManager, fieldValidation: fieldValidation)
    }
}
