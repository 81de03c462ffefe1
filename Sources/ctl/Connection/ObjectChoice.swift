import ArgumentParser
import Client
import JSON

/// Which objects a command works on: named ones, those of manifests, or those of a type that fit.
struct ObjectChoice: ParsableArguments {
    @Argument(
        help: "TYPE NAME… or TYPE/NAME…; a TYPE alone needs -l, --field-selector or --all",
        completion: Completions.objects
    )
    var objects: [String] = []
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("What these manifests name; - is standard input.", valueName: "path"),
        completion: .file()
    )
    var filename: [String] = []
    @Flag(name: [.customShort("R"), .long], help: "Folders within folders, too.")
    var recursive = false
    @Option(name: [.customShort("l"), .long], help: "Objects of the type with these labels: a=b,c!=d")
    var selector: String?
    @Option(help: "Objects of the type with these fields: metadata.name=cluster")
    var fieldSelector: String?
    @Flag(help: "All objects of the type.")
    var all = false
    @Flag(name: [.customShort("A"), .long], help: "Objects of all namespaces.")
    var allNamespaces = false

    private var isSelection: Bool { all || selector != nil || fieldSelector != nil }

    func validate() throws {
        guard !all || (selector == nil && fieldSelector == nil) else {
            throw ValidationError("give --all or a selector, not both")
        }
        guard filename.isEmpty || (objects.isEmpty && !isSelection) else {
            throw ValidationError("give manifests with -f, or types and names; not both")
        }
        guard !filename.isEmpty || !objects.isEmpty else {
            throw ValidationError("say which objects: TYPE NAME, TYPE/NAME, TYPE --all or -f FILE")
        }
    }

    func targets(_ session: Session) async throws -> [NamedTarget] {
        guard filename.isEmpty else {
            return try await session.targets(of: ManifestFiles.read(filename, isRecursive: recursive))
        }
        guard isSelection else {
            guard !allNamespaces else { throw CommandFailure("a resource cannot be retrieved by name across all namespaces") }
            return try await session.namedTargets(objects)
        }
        var found: [NamedTarget] = []
        for target in try await session.targets(objects) {
            guard target.name == nil else { throw CommandFailure("name cannot be provided when a selector is specified") }
            let path = target.resource.path(namespace: allNamespaces ? nil : target.namespace)
            let page = try await session.client.list(path, Selection(fieldSelector: fieldSelector, labelSelector: selector))
            found += page.items.compactMap { object in
                object.value(at: "metadata", "name")?.stringValue.map { name in
                    let namespace = object.value(at: "metadata", "namespace")?.stringValue
                    return NamedTarget(resource: target.resource, name: name, namespace: namespace)
                }
            }
        }
        return found
    }
}
