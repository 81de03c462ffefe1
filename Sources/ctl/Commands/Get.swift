import ArgumentParser
import Client
import JSON

struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows objects: one, or all of a type.",
        discussion: """
            ctl get authentication
            ctl get co kube-apiserver -w
            ctl get secrets -n openshift-config
            ctl get authentication cluster -o yaml
            ctl get co -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'
            ctl get co -o custom-columns=NAME:.metadata.name,WHY:.status.conditions[*].reason
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE, TYPE NAME… or TYPE/NAME…", completion: Completions.objects)
    var objects: [String] = []
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("Show what these manifests name; - is standard input.", valueName: "path"),
        completion: .file()
    )
    var filename: [String] = []
    @Flag(name: [.customShort("R"), .long], help: "Folders within folders, too.")
    var recursive = false
    @Option(name: [.short, .long], help: "One of: \(OutputFormat.names).")
    var output: OutputFormat?
    @Flag(name: [.short, .long], help: "Keep watching, and show each change.")
    var watch = false
    @Flag(help: "Watch, and do not show what is there already.")
    var watchOnly = false
    @Flag(help: "With a watch, say what happened: ADDED, MODIFIED or DELETED.")
    var outputWatchEvents = false
    @Flag(name: [.customShort("A"), .long], help: "Objects of all namespaces.")
    var allNamespaces = false
    @Option(name: [.customShort("l"), .long], help: "Only objects with these labels: a=b,c!=d")
    var selector: String?
    @Option(help: "Only objects with these fields: metadata.name=cluster")
    var fieldSelector: String?
    @Option(help: ArgumentHelp("Sort by what a path finds: .metadata.creationTimestamp", valueName: "path"))
    var sortBy: String?
    @Flag(help: "Print no line of headings.")
    var noHeaders = false
    @Flag(help: "Print types before names.")
    var showKind = false
    @Flag(help: "Print labels as the last column.")
    var showLabels = false
    @Option(name: [.customShort("L"), .long], help: ArgumentHelp("Labels that get a column each.", valueName: "a,b"))
    var labelColumns: [String] = []
    @Flag(help: "Keep managedFields in yaml and json.")
    var showManagedFields = false
    @Flag(help: "It is no error when the object does not exist.")
    var ignoreNotFound = false
    @Option(help: "Read this subresource of the objects: status", completion: .list(["status"]))
    var subresource: String?
    @Option(help: "Print what the server answers to a GET of this path.")
    var raw: String?

    func run() async throws {
        try await connection.withSession { session in
            if let raw {
                Terminal.output.write(String(decoding: try await session.client.raw(raw), as: UTF8.self))
                return
            }
            let order = try order()
            let targets = try await targets(session)
            guard !allNamespaces || targets.allSatisfy({ $0.name == nil }) else {
                throw CommandFailure("a resource cannot be retrieved by name across all namespaces")
            }
            let reading = ObjectReading(
                session: session,
                allNamespaces: allNamespaces,
                selection: Selection(fieldSelector: fieldSelector, labelSelector: selector),
                subresource: subresource,
                includesObjects: order != nil
            )
            let groups = ObjectReading.byResource(targets)
            guard !isWatch || groups.count == 1 else { throw CommandFailure("you may only watch one type at a time") }
            switch output {
            case nil, .wide: try await GetTables(command: self, reading: reading, order: order).show(groups)
            case .some(let format):
                let isSingle = targets.count == 1 && targets[0].name != nil
                let printer = GetDocuments(command: self, format: format, reading: reading, groups: groups, order: order)
                try await printer.show(isSingle: isSingle)
            }
        }
    }

    var isWatch: Bool { watch || watchOnly }

    /// The order asked for; a watch shows things as they come.
    private func order() throws -> ObjectOrder? {
        guard let sortBy else { return nil }
        guard !isWatch else {
            Terminal.errors.line("warning: --watch requested, --sort-by will be ignored")
            return nil
        }
        return try ObjectOrder(sortBy)
    }

    private func targets(_ session: Session) async throws -> [Target] {
        guard !filename.isEmpty else { return try await session.targets(objects) }
        guard objects.isEmpty else {
            throw CommandFailure(
                "give manifests with -f, or types and names; not both"
            )
        }
        return try await session.targets(of: ManifestFiles.read(filename, isRecursive: recursive)).map { Target($0) }
    }

    /// Ends the command when something could not be read, after everything else was shown.
    func report(_ failures: [APIFailure]) throws {
        let told = failures.filter { !(ignoreNotFound && $0.isNotFound) }
        if !told.isEmpty { throw Failures(told) }
    }
}
