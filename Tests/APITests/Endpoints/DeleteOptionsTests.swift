import JSON
import Testing

@testable import API

/// A delete whose options are written the wrong way deletes nothing; nor does any write whose dry run is.
struct DeleteOptionsTests {
    static let wrong: [JSONValue] = [
        ["dryRun": "All"], ["dryRun": ["all"]], ["dryrun": ["All"]], ["preconditions": "x"], ["preconditions": ["uid": 5]],
        ["preconditions": ["resourceVersion": 1]], ["preconditions": ["resourceVersion": "x"]], ["gracePeriodSeconds": "x"],
        ["propagationPolicy": "Bogus"], ["propagationPolicy": "Orphan", "orphanDependents": true], ["orphanDependents": "no"],
        ["kind": "ConfigMap"],
    ]

    @Test(arguments: wrong)
    func deletesNothingFor(_ options: JSONValue) async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            for path in ["\(TestAPI.configMaps)/a", TestAPI.configMaps] {
                let headers = ["Content-Type": "application/json"]
                let reply = try await api.send("DELETE", path, headers: headers, body: JSONWriter.bytes(of: options))
                #expect(reply.code == 400, "\(reply.text)")
            }
            #expect(try await api.get("\(TestAPI.configMaps)/a").code == 200)
        }
    }

    static let dryRuns = [
        "dryRun=", "dryRun", "dryRun=all", "dryRun=All&dryRun=Bad", "dryRun=&dryRun=All",
        (0..<70).map { "a\($0)=1" }.joined(separator: "&") + "&dryRun=bad",
    ]

    @Test(arguments: dryRuns)
    func writesNothingFor(_ query: String) async throws {
        try await TestAPI.with { api in
            let created = try await api.create("\(TestAPI.configMaps)?\(query)", TestAPI.configMap("a"))
            #expect(created.code == 400)
            #expect(try await api.get("\(TestAPI.configMaps)/a").code == 404)
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let deleted = try await api.send("DELETE", "\(TestAPI.configMaps)/a?\(query)")
            #expect(deleted.code == 400)
            #expect(try await api.get("\(TestAPI.configMaps)/a").code == 200)
        }
    }

    @Test func takesWhatKubectlSends() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let options: JSONValue = [
                "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background", "dryRun": ["All"],
            ]
            let headers = ["Content-Type": "application/json"]
            let path = "\(TestAPI.configMaps)/a"
            let dry = try await api.send("DELETE", path, headers: headers, body: JSONWriter.bytes(of: options))
            #expect(dry.code == 200)
            #expect(try await api.get(path).code == 200)
        }
    }
}
