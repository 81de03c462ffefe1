import Client

/// `ctl get` as tables that the server makes.
struct GetTables {
    let command: Get
    let reading: ObjectReading
    let order: ObjectOrder?

    func show(_ groups: [ObjectReading.Group]) async throws {
        var failures: [APIFailure] = []
        var isFirst = true
        for group in groups {
            let outcome = try await reading.table(group)
            failures += outcome.failures
            if let table = outcome.value, !table.rows.isEmpty, !command.watchOnly {
                if !isFirst, !command.noHeaders { Terminal.output.write("\n") }
                isFirst = false
                try print(table, group, isOneOfMany: groups.count > 1)
            }
            if command.isWatch {
                try command.report(failures)
                return try await watch(group, after: outcome.value ?? ServerTable(objects: []))
            }
        }
        if isFirst, failures.isEmpty, !command.ignoreNotFound { sayThatThereIsNothing(groups) }
        try command.report(failures)
    }

    private func print(_ table: ServerTable, _ group: ObjectReading.Group, isOneOfMany: Bool) throws {
        var table = table
        if let order { try table.sort(by: order) }
        let layout = layout(group.resource, isOneOfMany: isOneOfMany)
        let event = command.isWatch && command.outputWatchEvents ? WatchEvent.Change.added.rawValue : nil
        Terminal.output.write(table.table(layout, event: event).text(withHeader: !command.noHeaders))
    }

    private func sayThatThereIsNothing(_ groups: [ObjectReading.Group]) {
        let isInNamespace = !command.allNamespaces && groups.allSatisfy(\.resource.isNamespaced)
        Terminal.errors.line("No resources found" + (isInNamespace ? " in \(reading.session.namespace) namespace." : ""))
    }

    private func layout(_ resource: APIResource, isOneOfMany: Bool) -> ServerTable.Layout {
        ServerTable.Layout(
            wide: command.output == .wide,
            showsNamespace: command.allNamespaces && resource.isNamespaced,
            showsLabels: command.showLabels,
            labelColumns: command.labelColumns.flatMap { $0.split(separator: ",").map(String.init) },
            typeName: isOneOfMany || command.showKind ? resource.typeName : nil
        )
    }

    private func watch(_ group: ObjectReading.Group, after first: ServerTable) async throws {
        let layout = layout(group.resource, isOneOfMany: false)
        let showsEvents = command.outputWatchEvents
        var hasHeader = command.noHeaders || !(first.rows.isEmpty || command.watchOnly)
        var widths = command.watchOnly ? [] : first.table(layout, event: showsEvents ? "ADDED" : nil).widths
        try await reading.watch(group, after: first.resourceVersion, accept: ServerTable.mediaType) { event in
            guard event.change != .bookmark else { return }
            let table = ServerTable(event.object) ?? ServerTable(objects: [event.object])
            var text = table.table(columns: first.columns, layout, event: showsEvents ? event.change.rawValue : nil)
            text.minimumWidths = widths
            widths = text.widths
            Terminal.output.write(text.text(withHeader: !hasHeader))
            hasHeader = true
        }
    }
}
