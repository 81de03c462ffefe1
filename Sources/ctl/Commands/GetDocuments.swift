import Client
import JSON

/// `ctl get` as whole objects, or as what is picked from them.
struct GetDocuments {
    let command: Get
    let format: OutputFormat
    let reading: ObjectReading
    let groups: [ObjectReading.Group]
    let order: ObjectOrder?

    /// - Parameter isSingle: one object was asked for, so it is not shown as a list.
    func show(isSingle: Bool) async throws {
        var objects: [JSONValue] = []
        var failures: [APIFailure] = []
        var version = ""
        for group in groups {
            let outcome = try await reading.objects(group)
            objects += outcome.value.items
            failures += outcome.failures
            version = outcome.value.resourceVersion
        }
        if let order { objects = try order.sorted(objects) { $0 } }
        if command.isWatch, let group = groups.first {
            try command.report(failures)
            return try await watch(group, from: command.watchOnly ? [] : objects, version)
        }
        let isShown = !objects.isEmpty || (!isSingle && !command.ignoreNotFound)
        if isShown { try print(isSingle ? objects.first ?? [:] : Self.list(objects), withHeader: true) }
        try command.report(failures)
    }

    private static func list(_ objects: [JSONValue]) -> JSONValue {
        ["apiVersion": "v1", "kind": "List", "items": .array(objects), "metadata": ["resourceVersion": ""]]
    }

    private func watch(_ group: ObjectReading.Group, from objects: [JSONValue], _ version: String) async throws {
        var isFirst = true
        func show(_ change: WatchEvent.Change, _ object: JSONValue) throws {
            if format == .yaml, !isFirst { Terminal.output.write("---\n") }
            let isNamed = format == .name || !command.outputWatchEvents
            try print(isNamed ? object : ["type": .string(change.rawValue), "object": object], withHeader: isFirst)
            isFirst = false
        }
        for object in objects { try show(.added, object) }
        try await reading.watch(group, after: version, accept: "application/json") { event in
            if event.change != .bookmark { try show(event.change, event.object) }
        }
    }

    private func print(_ document: JSONValue, withHeader: Bool) throws {
        var shown = document
        if !command.showManagedFields {
            shown = document.withoutManagedFields
            if let object = shown["object"] { shown["object"] = object.withoutManagedFields }
        }
        let text = try format.text(of: shown, withHeader: withHeader && !command.noHeaders) { object in
            let kind = object["kind"]?.stringValue
            return groups.first { $0.resource.kind == kind }?.resource.typeName ?? groups.first?.resource.typeName ?? ""
        }
        if let text { Terminal.output.write(text) }
    }
}
