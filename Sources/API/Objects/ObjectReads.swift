import JSON
import Schema
import Store
import Web

/// Get, list and watch.
struct ObjectReads: Sendable {
    let store: any ObjectStore
    let now: @Sendable () -> Int64

    /// In seconds.
    static let longestWatch = 3600

    func get(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer {
        let rendering = try ObjectRendering(call, definition)
        if let wanted = try ListOptions.number(call.query, "resourceVersion"), wanted > 0 {
            try Self.checkIsReached(wanted, current: try await store.currentRevision())
        }
        let object = try await store.get(try ObjectID(target))
        return .json(rendering.one(object, now: now()))
    }

    func list(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer {
        let rendering = try ObjectRendering(call, definition)
        let options = try ListOptions(call.query, isWatch: false)
        let selector = try ObjectSelector(call.query, for: definition)
        let list = try await store.list(ResourceName(target), namespace: target.namespace)
        try Self.check(options, current: list.revision)
        let page = ListPage(list.items.filter { selector.matches($0.value) }, options: options, revision: list.revision)
        return .json(rendering.list(page.items, metadata: page.metadata, now: now()))
    }

    func watch(_ call: APICall, _ target: ResourceTarget, _ definition: ResourceDefinition) async throws -> APIAnswer {
        var call = call
        call.accept = call.accept.withoutYAML
        let rendering = try ObjectRendering(call, definition)
        let options = try ListOptions(call.query, isWatch: true)
        let selector = try ObjectSelector(call.query, for: definition)
        let start = try await beginning(options, target, selector)
        let longest = options.timeoutSeconds ?? Int.random(in: Self.longestWatch / 2...Self.longestWatch)
        let plan = WatchSession.Plan(
            resource: ResourceName(target),
            namespace: target.namespace,
            selector: selector,
            rendering: rendering,
            initial: start.initial,
            revision: start.revision,
            marksEndOfInitial: options.sendInitialEvents == true,
            wantsBookmarks: options.allowWatchBookmarks,
            duration: .seconds(min(longest, Self.longestWatch))
        )
        return APIAnswer(body: .events(WatchSession(plan, store: store, now: now)))
    }

    /// The objects a watch tells first, and the revision after which it tells changes.
    private func beginning(
        _ options: ListOptions,
        _ target: ResourceTarget,
        _ selector: ObjectSelector
    ) async throws -> (initial: [StoredObject], revision: Int64) {
        let version = options.resourceVersion ?? 0
        guard options.sendInitialEvents ?? (version == 0) else {
            let current = try await store.currentRevision()
            try Self.check(options, current: current)
            return ([], version == 0 ? current : version)
        }
        let list = try await store.list(ResourceName(target), namespace: target.namespace)
        try Self.check(options, current: list.revision)
        return (list.items.filter { selector.matches($0.value) }, list.revision)
    }

    private static func check(_ options: ListOptions, current: Int64) throws(APIStatus) {
        guard let wanted = options.resourceVersion, options.next == nil else { return }
        try checkIsReached(wanted, current: current)
        if options.resourceVersionMatch == "Exact", wanted != current {
            throw .expired("The provided resource version is too old: \(wanted), current: \(current)")
        }
    }

    private static func checkIsReached(_ wanted: Int64, current: Int64) throws(APIStatus) {
        guard wanted > current else { return }
        let message = "Too large resource version: \(wanted), current: \(current)"
        throw APIStatus(
            code: 504,
            reason: "Timeout",
            message: message,
            details: .init(causes: [.init(reason: "ResourceVersionTooLarge", message: message)], retryAfterSeconds: 1)
        )
    }
}

/// One page of a list, and the `metadata` that goes with it.
struct ListPage: Sendable {
    let items: [StoredObject]
    let metadata: JSONValue

    /// - Parameter selected: all objects that match, in the store's order.
    init(_ selected: [StoredObject], options: ListOptions, revision: Int64) {
        var rest = selected[...]
        if let next = options.next {
            rest = rest.drop { ($0.id.namespace ?? "", $0.id.name) <= (next.namespace, next.name) }
        }
        let page = options.limit.map { rest.prefix($0) } ?? rest
        // All pages tell the revision of the first: who watches from there misses nothing.
        let first = options.next?.revision ?? revision
        var metadata: JSONValue = ["resourceVersion": .string(String(first))]
        if page.count < rest.count, let last = page.last?.id {
            metadata["continue"] = .string(ContinueToken(revision: first, namespace: last.namespace, name: last.name).text)
            metadata["remainingItemCount"] = .integer(Int64(rest.count - page.count))
        }
        items = Array(page)
        self.metadata = metadata
    }
}

extension ResourceName {
    init(_ target: ResourceTarget) { self.init(group: target.group, plural: target.plural) }
}

extension ObjectID {
    init(_ target: ResourceTarget) throws(APIStatus) {
        guard let name = target.name else { throw .methodNotAllowed }
        self.init(ResourceName(target), namespace: target.namespace, name: name)
    }
}
