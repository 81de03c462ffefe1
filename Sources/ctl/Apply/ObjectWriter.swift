import ArgumentParser
import Client
import JSON
import Schema

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

/// `--validate`: what a field does that the server does not know.
enum FieldValidation: String, ExpressibleByArgument, CaseIterable, Sendable {
    case strict = "Strict"
    case warn = "Warn"
    case ignore = "Ignore"

    init?(argument: String) {
        switch argument.lowercased() {
        case "strict", "true": self = .strict
        case "warn": self = .warn
        case "ignore", "false": self = .ignore
        default: return nil
        }
    }

    static var allValueStrings: [String] { ["strict", "warn", "ignore"] }
}

/// What became of an object.
struct WriteOutcome: Sendable, Hashable {
    enum Change: String, Sendable {
        case created, configured, unchanged
        case serverSideApplied = "serverside-applied"
    }

    let change: Change
    /// The object as it is now, or would be.
    let object: JSONValue
}

/// Puts manifests into the API the way `kubectl apply` does.
struct ObjectWriter: Sendable {
    /// Who works out the change.
    enum Side: Sendable, Hashable {
        case client
        case server(force: Bool)
    }

    let client: ControllerClient
    var side = Side.client
    var dryRun: DryRun = .none
    var fieldValidation = FieldValidation.strict
    var fieldManager = Self.manager(.client)

    static func manager(_ side: Side) -> String { side == .client ? "ctl-apply" : "ctl" }

    func apply(_ manifest: JSONValue, to target: NamedTarget) async throws -> WriteOutcome {
        var manifest = manifest
        if let namespace = target.namespace { manifest["metadata"]?["namespace"] = .string(namespace) }
        switch side {
        case .client: return try await patch(manifest, target)
        case .server(let force): return try await applyOnServer(manifest, target, force: force)
        }
    }

    private func patch(_ manifest: JSONValue, _ target: NamedTarget) async throws -> WriteOutcome {
        let wanted = LastApplied.recording(manifest)
        guard let current = try await client.find(target.path) else { return try await create(wanted, target) }
        let patch = ThreeWayMerge.patch(original: LastApplied.manifest(of: current), modified: wanted, current: current)
        guard patch.objectValue?.isEmpty == false else { return WriteOutcome(change: .unchanged, object: current) }
        if dryRun == .client { return WriteOutcome(change: .configured, object: mergePatch(patch, into: current)) }
        let changed = try await client.patch(target.path, merging: patch, options)
        let version = { (object: JSONValue) in object.value(at: "metadata", "resourceVersion") }
        let isSame = dryRun == .none && version(changed) == version(current)
        return WriteOutcome(change: isSame ? .unchanged : .configured, object: changed)
    }

    private func create(_ wanted: JSONValue, _ target: NamedTarget) async throws -> WriteOutcome {
        if dryRun == .client { return WriteOutcome(change: .created, object: wanted) }
        return WriteOutcome(change: .created, object: try await client.create(target.listPath, wanted, options))
    }

    private func applyOnServer(_ manifest: JSONValue, _ target: NamedTarget, force: Bool) async throws -> WriteOutcome {
        var options = options
        options.force = force
        var object = try await client.apply(target.path, manifest, options)
        // What this client applied by itself before is the server's to look after from now on; else it could never be removed.
        if dryRun == .none, let records = FieldRecords.handedOver(of: object, to: fieldManager) {
            let change: JSONValue = [
                ["op": "replace", "path": "/metadata/managedFields", "value": records],
                [
                    "op": "replace", "path": "/metadata/resourceVersion",
                    "value": object.value(at: "metadata", "resourceVersion") ?? "",
                ],
            ]
            _ = try await client.patch(target.path, change, mediaType: "application/json-patch+json", self.options)
            object = try await client.apply(target.path, manifest, options)
        }
        return WriteOutcome(change: .serverSideApplied, object: object)
    }

    private var options: WriteOptions {
        WriteOptions(dryRun: dryRun == .server, fieldManager: fieldManager, fieldValidation: fieldValidation.rawValue)
    }
}
