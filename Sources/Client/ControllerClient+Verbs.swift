package import JSON

/// Choices that every write has.
package struct WriteOptions: Sendable {
    /// Runs all checks and changes nothing.
    package var dryRun = false
    /// Who writes, for the record; the user agent when nil.
    package var fieldManager: String?
    /// What an unknown field does: `Strict` refuses it.
    package var fieldValidation = "Strict"

    /// Takes fields away from other managers, where the server applies.
    package var force = false

    package init(
        dryRun: Bool = false,
        fieldManager: String? = nil,
        fieldValidation: String = "Strict",
        force: Bool = false
    ) {
        self.dryRun = dryRun
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
        self.force = force
    }

    var query: [(name: String, value: String)] {
        var query: [(name: String, value: String)] = [("fieldValidation", fieldValidation)]
        if let fieldManager { query.append(("fieldManager", fieldManager)) }
        if dryRun { query.append(("dryRun", "All")) }
        if force { query.append(("force", "true")) }
        return query
    }
}

/// Which objects of a resource.
package struct Selection: Sendable {
    /// `metadata.name=cluster`
    package var fieldSelector: String?
    package var labelSelector: String?

    package init(fieldSelector: String? = nil, labelSelector: String? = nil) {
        self.fieldSelector = fieldSelector
        self.labelSelector = labelSelector
    }

    package static func name(_ name: String) -> Selection { field("metadata.name", equals: name) }

    /// - Parameter value: whatever it holds: commas and equals signs in it are told from the selector's own.
    package static func field(_ label: String, equals value: String) -> Selection {
        var escaped = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if "\\,=".unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return Selection(fieldSelector: "\(label)=\(String(escaped))")
    }

    package var queryItems: [(name: String, value: String)] {
        [("fieldSelector", fieldSelector), ("labelSelector", labelSelector)].compactMap { name, value in
            value.map { (name: name, value: $0) }
        }
    }
}

/// Objects of one resource as they were at one version.
package struct ObjectPage: Sendable {
    package let items: [JSONValue]
    /// Watch after this to miss nothing.
    package let resourceVersion: String

    package init(items: [JSONValue], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

extension ControllerClient {
    package func get(_ path: ResourcePath) async throws -> JSONValue { try await request("GET", path) }

    /// nil when there is no such object.
    package func find(_ path: ResourcePath) async throws -> JSONValue? {
        do {
            return try await get(path)
        } catch let failure as APIFailure where failure.isNotFound {
            return nil
        }
    }

    package func list(_ path: ResourcePath, _ selection: Selection = Selection()) async throws -> ObjectPage {
        let list = try await request("GET", path, query: selection.queryItems)
        guard let items = list["items"]?.arrayValue ?? (list["items"]?.isNull == true ? [] : nil) else {
            throw TransportFailure(reason: .notJSON, server: configuration.server, detail: "a list without items")
        }
        // Items of a list leave out what the list says once; an object is easier to use when it is complete.
        let kind = list["kind"]?.stringValue.map { String($0.hasSuffix("List") ? $0.dropLast(4) : $0[...]) }
        let completed = items.map { item in
            var item = item
            if item["kind"] == nil, let kind { item["kind"] = .string(kind) }
            if item["apiVersion"] == nil { item["apiVersion"] = list["apiVersion"] }
            return item
        }
        return ObjectPage(items: completed, resourceVersion: list.value(at: "metadata", "resourceVersion")?.stringValue ?? "")
    }

    /// - Parameter path: of the list the object shall be in.
    package func create(_ path: ResourcePath, _ object: JSONValue, _ options: WriteOptions = .init()) async throws -> JSONValue
    {
        try await request("POST", path, query: options.query, body: object)
    }

    /// Replaces the object. Where `metadata.resourceVersion` is set, only if the stored one still has it.
    package func update(_ path: ResourcePath, _ object: JSONValue, _ options: WriteOptions = .init()) async throws -> JSONValue
    {
        try await request("PUT", path, query: options.query, body: object)
    }

    /// Changes the object by a JSON merge patch (RFC 7386): null removes a member, lists are replaced whole.
    package func patch(_ path: ResourcePath, merging patch: JSONValue, _ options: WriteOptions = .init()) async throws
        -> JSONValue
    {
        try await self.patch(path, patch, mediaType: "application/merge-patch+json", options)
    }

    /// Changes the object by a patch of any kind that the server takes.
    package func patch(
        _ path: ResourcePath,
        _ patch: JSONValue,
        mediaType: String,
        _ options: WriteOptions = .init()
    ) async throws -> JSONValue {
        try await request("PATCH", path, query: options.query, body: patch, contentType: mediaType)
    }

    /// Has the server apply a manifest: what it says becomes so, and is recorded as the field manager's.
    package func apply(_ path: ResourcePath, _ manifest: JSONValue, _ options: WriteOptions) async throws -> JSONValue {
        try await patch(path, manifest, mediaType: "application/apply-patch+yaml", options)
    }

    /// Gives the deleted object, or a `Status`.
    ///
    /// - Parameter propagation: what becomes of objects that this one owns: `Background`, `Foreground`, `Orphan`; nil: the server's own way.
    @discardableResult
    package func delete(_ path: ResourcePath, propagation: String? = nil, _ options: WriteOptions = .init()) async throws
        -> JSONValue
    {
        try await request(
            "DELETE",
            path,
            query: options.query.filter { $0.name == "dryRun" },
            body: propagation.map { ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string($0)] }
        )
    }

    /// What happens to a resource after `resourceVersion`, until the server ends the watch (after `watchTimeout`) or the reader stops.
    ///
    /// The connection is opened by the first `next`. An end without an error means: watch again after the last version seen.
    /// `APIFailure.isExpired` means: list again.
    package func watch(
        _ path: ResourcePath,
        after resourceVersion: String?,
        _ selection: Selection = Selection(),
        accept: String = "application/json"
    ) -> WatchEvents {
        var query = selection.queryItems
        query += [("watch", "true"), ("allowWatchBookmarks", "true")]
        query.append(("timeoutSeconds", String(configuration.watchTimeout.components.seconds)))
        if let resourceVersion { query.append(("resourceVersion", resourceVersion)) }
        return WatchEvents(
            client: self,
            request: outgoing("GET", path, query: query, body: nil, contentType: "", accept: accept)
        )
    }
}
