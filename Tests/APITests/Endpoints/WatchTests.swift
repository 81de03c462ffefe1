import Foundation
import JSON
import Schema
import Store
import Synchronization
import Testing
import Web

@testable import API

/// Watches: what is told first, what follows, where one resumes, and what ends it.
struct WatchTests {
    /// Lines as they come, and the end of the watch once the wanted ones are there.
    final class Reader: Sendable {
        private let lines = Mutex<[JSONValue]>([])

        func read(_ session: WatchSession, until isEnough: @escaping @Sendable ([JSONValue]) -> Bool) async throws
            -> [JSONValue]
        {
            try await session.run {
            } write: { bytes in
                let line = try JSONParser.parse(bytes)
                let all = self.lines.withLock { lines in
                    lines.append(line)
                    return lines
                }
                if isEnough(all) { session.stop() }
            }
            return lines.withLock { $0 }
        }
    }

    private static func summary(_ lines: [JSONValue]) -> [String] {
        lines.map { line in
            let name = line.value(at: "object", "metadata", "name")?.stringValue
            return [line["type"]?.stringValue, name].compactMap { $0 }.joined(separator: " ")
        }
    }

    private static func session(
        _ api: TestAPI,
        _ query: String,
        accept: String = "application/json",
        name: String? = nil
    ) async throws -> WatchSession {
        let definition = try #require(try ResourceCatalog.builtIn().definition(group: "", version: "v1", plural: "configmaps"))
        let target = ResourceTarget(group: "", version: "v1", plural: "configmaps", namespace: "openshift-config", name: name)
        let call = APICall(
            method: "GET",
            path: "",
            query: Query(query),
            accept: MediaRange.List(accept),
            contentType: nil,
            userAgent: "",
            body: [],
            caller: Caller(username: "x", groups: []),
            impersonation: nil,
            requestID: ""
        )
        let answer = try await ObjectReads(store: api.store, now: { TestAPI.now }).watch(call, target, definition)
        guard case .events(let session) = answer.body else { throw APIStatus.internalError }
        return session
    }

    @Test func tellsWhatThereIsAndThenWhatChanges() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let session = try await Self.session(api, "watch=1")
            #expect(try await api.patch("\(TestAPI.configMaps)/a", ["data": ["new": "x"]]).code == 200)
            #expect(try await api.send("DELETE", "\(TestAPI.configMaps)/a").code == 200)
            let lines = try await Reader().read(session) { $0.count == 3 }
            #expect(Self.summary(lines) == ["ADDED a", "MODIFIED a", "DELETED a"])
        }
    }

    @Test func resumesAfterTheRevisionItSaw() async throws {
        try await TestAPI.with { api in
            let seen = try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).json.value(
                at: "metadata",
                "resourceVersion"
            )
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("b")).code == 201)
            let session = try await Self.session(api, "watch=1&resourceVersion=\(try #require(seen?.stringValue))")
            #expect(Self.summary(try await Reader().read(session) { $0.count == 1 }) == ["ADDED b"])
        }
    }

    @Test func marksTheEndOfTheBeginning() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let session = try await Self.session(
                api,
                "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            )
            let lines = try await Reader().read(session) { $0.count == 2 }
            #expect(Self.summary(lines) == ["ADDED a", "BOOKMARK"])
            #expect(lines[1].value(at: "object", "metadata", "annotations") == ["k8s.io/initial-events-end": "true"])
        }
    }

    @Test func anObjectThatLeavesTheSelectionIsGone() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a", labels: ["on": "1"])).code == 201)
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("b")).code == 201)
            let session = try await Self.session(api, "watch=1&labelSelector=on")
            #expect(try await api.patch("\(TestAPI.configMaps)/a", ["metadata": ["labels": .null]]).code == 200)
            #expect(try await api.patch("\(TestAPI.configMaps)/b", ["metadata": ["labels": ["on": "1"]]]).code == 200)
            #expect(Self.summary(try await Reader().read(session) { $0.count == 3 }) == ["ADDED a", "DELETED a", "ADDED b"])
        }
    }

    @Test func watchesOneObjectByItsPath() async throws {
        try await TestAPI.with { api in
            for name in ["a", "b"] { #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap(name)).code == 201) }
            let session = try await Self.session(api, "watch=1", name: "b")
            #expect(Self.summary(try await Reader().read(session) { $0.count == 1 }) == ["ADDED b"])
        }
    }

    @Test func tellsThatHistoryIsGone() async throws {
        try await TestAPI.with { api in
            for name in ["a", "b"] { #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap(name)).code == 201) }
            try await api.store.compact(through: try await api.store.currentRevision())
            let session = try await Self.session(api, "watch=1&resourceVersion=1")
            let lines = try await Reader().read(session) { _ in false }
            #expect(Self.summary(lines) == ["ERROR"])
            #expect(lines[0].value(at: "object", "code") == 410)
            #expect(lines[0].value(at: "object", "reason") == "Expired")
        }
    }

    @Test func endsWhenItsTimeIsUp() async throws {
        try await TestAPI.with { api in
            let reply = try await api.get("\(TestAPI.configMaps)?watch=1&timeoutSeconds=1")
            #expect(reply.code == 200)
            #expect(reply.text.isEmpty)
        }
    }

    @Test func showsTables() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let session = try await Self.session(api, "watch=1", accept: TestAPI.table)
            let lines = try await Reader().read(session) { $0.count == 1 }
            #expect(lines[0].value(at: "object", "kind") == "Table")
        }
    }
}
