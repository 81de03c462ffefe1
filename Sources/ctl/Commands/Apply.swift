import ArgumentParser
import Client
import Foundation
import JSON
import Schema

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes objects what manifests say: creates them, or changes what differs.",
        discussion: """
            Takes YAML or JSON from files, folders and standard input. What an earlier apply set and the manifest no longer says is
            removed; what others have set stays.

            ctl apply -f authentication.yaml --dry-run=server   checks everything and changes nothing
            ctl apply -f authentication.yaml --server-side      the server compares, and says who else manages a field
            ctl apply -f config/ --prune -l team=idp            deletes what the folder no longer names
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var manifests: ManifestOptions
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is stored).")
    var dryRun: DryRun = .none
    @Option(name: [.short, .long], help: "Print the objects: yaml, json, name or jsonpath=TEMPLATE.")
    var output: OutputFormat?
    @Option(
        name: .customLong("validate"),
        help: ArgumentHelp("What an unknown field does: strict (refused), warn or ignore.", valueName: "how")
    )
    var fieldValidation: FieldValidation = .strict
    @Flag(help: "Let the server compare; a field that somebody else manages is a conflict.")
    var serverSide = false
    @Flag(help: "With --server-side, take fields away from other managers.")
    var forceConflicts = false
    @Option(help: "Who changed it, for the record: ctl-apply, or ctl with --server-side.")
    var fieldManager: String?
    @Option(
        help: ArgumentHelp(
            "Undo the change of Authentication by itself unless ctl rollout confirm is run, and somebody has logged in, in this time: 10s to 24h.",
            valueName: "time"
        )
    )
    var confirmWithin: GoDuration?
    @OptionGroup(title: "Pruning") var pruning: PruningOptions

    func validate() throws {
        guard serverSide || !forceConflicts else { throw ValidationError("--force-conflicts only works with --server-side") }
        if let confirmWithin, !ConfirmationRequest.bounds.contains(confirmWithin.duration) {
            throw ValidationError("--confirm-within must be 10s to 24h")
        }
        guard !serverSide || dryRun != .client else {
            throw ValidationError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
        }
        guard !serverSide || !pruning.prune else {
            throw ValidationError("--prune doesn't work with --server-side: it goes by the record that a client's apply leaves")
        }
    }

    func run() async throws {
        let input = try ConfirmationRequest.adding(confirmWithin, to: manifests.read())
        let kinds = try pruning.kinds(isNamespaceGiven: connection.namespace != nil)
        try await connection.withSession { session in
            let resources = try await session.client.resources()
            // A kind that is not there is said before anything is changed.
            for kind in kinds where pruning.prune { _ = try resources.resolve(apiVersion: kind.apiVersion, kind: kind.kind) }
            let side: ObjectWriter.Side = serverSide ? .server(force: forceConflicts) : .client
            let writer = ObjectWriter(
                client: session.client,
                side: side,
                dryRun: dryRun,
                fieldValidation: fieldValidation,
                fieldManager: fieldManager ?? ObjectWriter.manager(side)
            )
            let printer = AppliedObjects(output: output, suffix: dryRun.suffix)
            var applied: [(target: NamedTarget, object: JSONValue)] = []
            var failures = 0
            for manifest in input {
                do {
                    let target = try session.target(of: manifest.value, in: resources)
                    let isOnTrial = confirmWithin != nil && dryRun == .none && ConfirmationRequest.isAuthentication(manifest)
                    let before = isOnTrial ? try await session.client.find(target.path) : nil
                    let outcome = try await ManifestRefusal.explaining(manifest, session, isStrict: fieldValidation == .strict)
                    {
                        try await writer.apply(manifest.value, to: target)
                    }
                    applied.append((target, outcome.object))
                    printer.say(target, outcome.change.rawValue)
                    if isOnTrial, let note = ConfirmationRequest.note(before: before, after: outcome.object) {
                        Terminal.errors.line(note)
                    }
                } catch let failure as TransportFailure {
                    throw failure
                } catch {
                    // One object that is refused must not keep the others of its file away.
                    failures += 1
                    Terminal.errors.line(Self.text(of: error, manifest))
                }
            }
            try printer.show(applied)
            // What could not be applied has no uid to be told by, so nothing is deleted then.
            guard failures == 0 else { throw CommandFailure("") }
            guard pruning.prune else { return }
            let pruned = Pruning(client: session.client, selector: pruning.selector, kinds: kinds, dryRun: dryRun)
            try await pruned.prune(
                keeping: Set(applied.compactMap { $0.object.value(at: "metadata", "uid")?.stringValue }),
                in: Set(applied.compactMap(\.target.namespace)),
                resources
            ) { printer.say($0, "pruned") }
        }
    }

    static func text(of error: any Error, _ manifest: Manifest) -> String {
        if let refusal = error as? ManifestRefusal { return refusal.text }
        let subject = "error when applying \(manifest.source)"
        if let failure = error as? APIFailure { return FailureReport.text(failure, doing: subject) }
        let name = manifest.name.map { " (\(manifest.kind ?? "object") \"\($0)\")" } ?? ""
        return "\(subject)\(name): \((error as? any LocalizedError)?.errorDescription ?? "\(error)")"
    }
}

/// Flags of `apply --prune`.
struct PruningOptions: ParsableArguments {
    @Flag(help: "Delete what was applied before and is in no manifest any more. Needs -l or --all.")
    var prune = false
    @Option(name: [.customShort("l"), .long], help: "With --prune, only objects with these labels: a=b,c!=d")
    var selector: String?
    @Flag(help: "With --prune, objects with any labels.")
    var all = false
    @Option(
        help: ArgumentHelp(
            "With --prune, these kinds instead of \(Pruning.usualKinds.joined(separator: ", ")).",
            valueName: "group/version/kind"
        )
    )
    var pruneAllowlist: [String] = []

    func validate() throws {
        guard prune else { return }
        guard all || selector != nil else {
            throw ValidationError(
                "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector"
            )
        }
        guard !all || selector == nil else { throw ValidationError("give --all or -l, not both") }
    }

    /// - Parameter isNamespaceGiven: who names a namespace does not mean things outside of all of them.
    func kinds(isNamespaceGiven: Bool) throws(CommandFailure) -> [Pruning.Kind] {
        let usual = Pruning.usualKinds.filter { !isNamespaceGiven || !$0.hasSuffix("/Namespace") }
        return try (pruneAllowlist.isEmpty ? usual : pruneAllowlist).map { text throws(CommandFailure) in
            try Pruning.Kind(text)
        }
    }
}

/// What `apply` prints: a line for each object, or the objects themselves, as a list when there are several.
private struct AppliedObjects {
    let output: OutputFormat?
    let suffix: String

    func say(_ target: NamedTarget, _ what: String) {
        switch output {
        case nil, .wide: Terminal.output.line("\(target.description) \(what)\(suffix)")
        case .name: Terminal.output.line(target.description)
        default: break
        }
    }

    func show(_ applied: [(target: NamedTarget, object: JSONValue)]) throws {
        guard let output, output != .name, output != .wide, let first = applied.first?.object else { return }
        let document: JSONValue =
            applied.count == 1
            ? first : ["apiVersion": "v1", "kind": "List", "items": .array(applied.map(\.object)), "metadata": [:]]
        if let text = try output.text(of: document.withoutManagedFields, typeName: { _ in "" }) { Terminal.output.write(text) }
    }
}
