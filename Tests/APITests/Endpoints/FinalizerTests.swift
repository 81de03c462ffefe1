import JSON
import Testing

@testable import API

/// Deletions that wait for finalizers.
struct FinalizerTests {
    private static let path = "\(TestAPI.configMaps)/held"

    private static func create(_ api: TestAPI, finalizers: JSONValue = ["example.com/a", "example.com/b"]) async throws {
        let object: JSONValue = ["metadata": ["name": "held", "finalizers": finalizers]]
        let reply = try await api.create(TestAPI.configMaps, object)
        #expect(reply.code == 201)
    }

    @Test func whoTakesTheLastOneAwayEndsTheObject() async throws {
        try await TestAPI.with { api in
            try await Self.create(api)
            let marked = try await api.send("DELETE", Self.path)
            #expect(marked.code == 200)
            #expect(marked.json["kind"] == "ConfigMap")
            #expect(marked.json.value(at: "metadata", "deletionTimestamp")?.stringValue != nil)
            #expect(marked.json.value(at: "metadata", "deletionGracePeriodSeconds") == 0)
            #expect(try await api.send("DELETE", Self.path).json == marked.json)
            #expect(try await api.patch(Self.path, ["metadata": ["finalizers": ["example.com/b"]]]).code == 200)
            #expect(try await api.get(Self.path).code == 200)
            #expect(try await api.patch(Self.path, ["metadata": ["finalizers": []]]).code == 200)
            #expect(try await api.get(Self.path).code == 404)
        }
    }

    @Test func whatIsBeingDeletedGetsNoMore() async throws {
        try await TestAPI.with { api in
            try await Self.create(api)
            #expect(try await api.send("DELETE", Self.path).code == 200)
            let reply = try await api.patch(Self.path, ["metadata": ["finalizers": ["example.com/a", "example.com/c"]]])
            #expect(reply.code == 422)
            #expect(
                reply.message.contains(
                    "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, "
                        + "found new finalizers []string{\"example.com/c\"}"
                ),
                "\(reply.message)"
            )
        }
    }

    @Test func aClientCannotSetOrTakeTheMark() async throws {
        try await TestAPI.with { api in
            try await Self.create(api)
            #expect(try await api.patch(Self.path, ["metadata": ["deletionTimestamp": "2020-01-01T00:00:00Z"]]).code == 200)
            #expect(try await api.get(Self.path).json.value(at: "metadata", "deletionTimestamp") == nil)
            #expect(try await api.send("DELETE", Self.path).code == 200)
            #expect(try await api.patch(Self.path, ["metadata": ["deletionTimestamp": .null]]).code == 200)
            #expect(try await api.get(Self.path).json.value(at: "metadata", "deletionTimestamp")?.stringValue != nil)
        }
    }

    @Test func aDryRunMarksNothing() async throws {
        try await TestAPI.with { api in
            try await Self.create(api)
            #expect(try await api.send("DELETE", "\(Self.path)?dryRun=All").code == 200)
            #expect(try await api.get(Self.path).json.value(at: "metadata", "deletionTimestamp") == nil)
        }
    }

    @Test func aCollectionGoesAsFarAsItMay() async throws {
        try await TestAPI.with { api in
            try await Self.create(api)
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("free")).code == 201)
            #expect(try await api.send("DELETE", TestAPI.configMaps).code == 200)
            let left = try await api.get(TestAPI.configMaps).json["items"]?.arrayValue ?? []
            #expect(left.map { $0.value(at: "metadata", "name") } == ["held"])
        }
    }

    @Test func aFinalizerIsAQualifiedName() async throws {
        try await TestAPI.with { api in
            let object: JSONValue = ["metadata": ["name": "x", "finalizers": ["not a name"]]]
            let reply = try await api.create(TestAPI.configMaps, object)
            #expect(reply.code == 422)
            #expect(reply.message.contains("metadata.finalizers: Invalid value"), "\(reply.message)")
        }
    }
}
