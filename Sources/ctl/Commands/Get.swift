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
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE, TYPE NAME… or TYPE/NAME…")
    var objects: [String] = []
    @Option(name: [.short, .long], help: "One of: \(OutputFormat.names).")
    var output: OutputFormat?
    @Flag(name: [.short, .long], help: "Keep watching, and show each change.")
    var watch = false
    @Flag(name: [.customShort("A"), .long], help: "Objects of all namespaces.")
    var allNamespaces = false
    @Option(name: [.customShort("l"), .long], help: "Only objects with these labels: a=b,c!=d")
    var selector: String?
    @Option(help: "Only objects with these fields: metadata.name=cluster")
    var fieldSelector: String?
    @Flag(help: "Print no line of headings.")
    var noHeaders = false
    @Flag(help: "Print labels as the last column.")
    var showLabels = false
    @Flag(help: "Keep managedFields in yaml and json.")
    var showManagedFields = false
    @Flag(help: "It is no error when the object does not exist.")
    var ignoreNotFound = false
    @Option(help: "Print what the server answers to a GET of this path.")
    var raw: String?

    func run() async throws {
        try await connection.withSession { session in
            if let raw {
                Terminal.output.write(String(decoding: try await session.client.raw(raw), as: UTF8.self))
                return
            }
            let reading = ObjectReading(session: session, allNamespaces: allNamespaces, selection: selection)
            let targets = try await session.targets(objects)
            do {
                try await show(targets, reading)
            } catch let failure as APIFailure where failure.isNotFound && ignoreNotFound {
                return
            }
        }
    }

    private var selection: Selection { Selection(fieldSelector: fieldSelector, labelSelector: selector) }

    private func show(_ targets: [Target], _ reading: ObjectReading) async throws {
        switch output {
        case nil, .wide: try await showTables(targets, reading)
        case .some(let format): try await showDocuments(targets, format, reading)
        }
    }

    // MARK: - Tables

    private func showTables(_ targets: [Target], _ reading: ObjectReading) async throws {
        let groups = ObjectReading.byResource(targets)
        guard !watch || groups.count == 1 else { throw CommandFailure("you may only watch one type at a time") }
        for (position, group) in groups.enumerated() {
            let table = try await reading.table(group)
            if table.rows.isEmpty {
                let place = group.resource.isNamespaced && !allNamespaces ? " in \(reading.session.namespace) namespace." : ""
                Terminal.errors.line("No resources found\(place)")
            } else {
                let text = layout(table, group.resource, isOneOfMany: groups.count > 1)
                Terminal.output.write((position > 0 ? "\n" : "") + text.text(withHeader: !noHeaders))
            }
            if watch { try await watchTable(group, after: table, reading) }
        }
    }

    private func layout(_ table: ServerTable, _ resource: APIResource, isOneOfMany: Bool) -> TextTable {
        table.table(
            wide: output == .wide,
            showsNamespace: allNamespaces && resource.isNamespaced,
            showsLabels: showLabels,
            typeName: isOneOfMany ? resource.typeName : nil
        )
    }

    private func watchTable(_ group: ObjectReading.Group, after first: ServerTable, _ reading: ObjectReading) async throws {
        var widths = layout(first, group.resource, isOneOfMany: false).widths
        var hasHeader = !first.rows.isEmpty || noHeaders
        try await reading.watch(group, after: first.resourceVersion, accept: ServerTable.mediaType) { event in
            guard event.change != .bookmark else { return }
            let table = ServerTable(event.object) ?? ServerTable(objects: [event.object])
            var text = table.table(
                columns: first.columns,
                wide: output == .wide,
                showsNamespace: allNamespaces && group.resource.isNamespaced,
                showsLabels: showLabels
            )
            text.minimumWidths = widths
            widths = text.widths
            Terminal.output.write(text.text(withHeader: !hasHeader))
            hasHeader = true
        }
    }

    // MARK: - Documents

    private func showDocuments(_ targets: [Target], _ format: OutputFormat, _ reading: ObjectReading) async throws {
        let groups = ObjectReading.byResource(targets)
        var objects: [JSONValue] = []
        var version = ""
        for group in groups {
            let page = try await reading.objects(group)
            objects += page.items
            version = page.resourceVersion
        }
        let isSingle = targets.count == 1 && targets[0].name != nil
        let document: JSONValue =
            isSingle
            ? objects.first ?? [:]
            : ["apiVersion": "v1", "kind": "List", "items": .array(objects), "metadata": ["resourceVersion": ""]]
        if !watch || !objects.isEmpty { try print(document, format, groups) }
        guard watch, let group = groups.first else { return }
        guard groups.count == 1 else { throw CommandFailure("you may only watch one type at a time") }
        try await reading.watch(group, after: version, accept: "application/json") { event in
            guard event.change != .bookmark else { return }
            if format == .yaml { Terminal.output.write("---\n") }
            try print(event.object, format, groups)
        }
    }

    private func print(_ document: JSONValue, _ format: OutputFormat, _ groups: [ObjectReading.Group]) throws {
        let shown = showManagedFields ? document : document.withoutManagedFields
        let text = try format.text(of: shown) { object in
            let kind = object["kind"]?.stringValue
            return groups.first { $0.resource.kind == kind }?.resource.typeName ?? groups.first?.resource.typeName ?? ""
        }
        guard let text else { return }
        Terminal.output.write(text)
    }
}
