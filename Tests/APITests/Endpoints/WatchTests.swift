import Foundation
import HTTPTypes
import JSON
import Listening
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
                // What is there at the beginning comes several lines at a time; always whole ones.
                #expect(bytes.last == UInt8(ascii: "\n"))
                let new = try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONParser.parse(Array($0)) }
                let all = self.lines.withLock { lines in
                    lines += new
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
        accept: String = "application/json"
    ) async throws -> WatchSession {
        let definition = try #require(try ResourceCatalog.builtIn().definition(group: "", version: "v1", plural: "configmaps"))
        let target = ResourceTarget(group: "", version: "v1", plural: "configmaps", namespace: "openshift-config")
        let call = APICall(
            line: RequestLine(method: "GET", path: "", query: query),
            accept: MediaRange.List(accept),
            contentType: nil,
            userAgent: "",
            body: [],
            caller: Caller(username: "x", groups: []),
            impersonation: nil
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

    @Test func watchesOneObjectByItsName() async throws {
        try await TestAPI.with { api in
            for name in ["a", "b"] { #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap(name)).code == 201) }
            let session = try await Self.session(api, "watch=1&fieldSelector=metadata.name%3D%3Db")
            #expect(Self.summary(try await Reader().read(session) { $0.count == 1 }) == ["ADDED b"])
        }
    }

    @Test func onePathIsAGetWhateverTheQuerySays() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let reply = try await api.get("\(TestAPI.configMaps)/a?watch=true")
            #expect(reply.code == 200 && reply.json["kind"] == "ConfigMap", "\(reply.text)")
            let stranger = CertificateSubject(commonName: "alice", organizations: [])
            let refused = try await api.get("\(TestAPI.configMaps)/a?watch=true", as: stranger)
            #expect(refused.message.contains("cannot get resource"), "\(refused.message)")
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
            #expect(reply.headers[.connection] == "close", "nothing can follow on its connection")
            #expect(try await api.get(TestAPI.configMaps).headers[.connection] == nil)
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
