import JSON
import Schema
import Testing
import Web

@testable import API

struct ObjectBodyTests {
    /// In the words of Kubernetes' strict decoding, which tools show as they are. Of other faults the body's own bytes are not told.
    @Test(arguments: [
        (#"{"spec":{"type":"OIDC","type":""}}"#, #"strict decoding error: duplicate field "spec.type""#),
        (#"{"spec":{"list":[{},{"a":1,"a":1}]}}"#, #"strict decoding error: duplicate field "spec.list[1].a""#),
        (
            #"{"a":1,"a":2,"b":{"c":1,"c":1},"a":3}"#,
            #"strict decoding error: duplicate field "a", duplicate field "b.c""#
        ),
        (#"{"a":1e400}"#, "the body of the request is a number is out of range (at byte 10)"),
    ])
    func refuses(_ body: String, _ message: String) throws {
        var warnings: [String] = []
        let error = try #require(throws: APIStatus.self) {
            try ObjectBody.json(Array(body.utf8), .strict, warnings: &warnings)
        }
        #expect(error.code == 400)
        #expect(error.message == message)
    }

    /// The last one counts, as in Kubernetes; by default the sender hears of it.
    @Test(arguments: [
        ("", ["duplicate field \"data.k\""]), ("?fieldValidation=Warn", ["duplicate field \"data.k\""]),
        ("?fieldValidation=Ignore", []), ("?fieldValidation=Strict", nil),
    ])
    func aFieldThatOccursTwice(_ query: String, _ warnings: [String]?) async throws {
        let headers = ["POST": "application/json", "PUT": "application/json", "PATCH": "application/merge-patch+json"]
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            for method in ["PUT", "PATCH", "POST"] {
                let isNew = method == "POST"
                let reply = try await api.send(
                    method,
                    "\(TestAPI.configMaps)\(isNew ? "" : "/a")\(query)",
                    headers: ["Content-Type": headers[method] ?? ""],
                    body: Array(#"{"metadata":{"name":"\#(isNew ? "b" : "a")"},"data":{"k":"1","k":"\#(method)"}}"#.utf8)
                )
                guard let warnings else {
                    #expect(reply.code == 400 && reply.message == #"strict decoding error: duplicate field "data.k""#)
                    continue
                }
                #expect(reply.code == (isNew ? 201 : 200), "\(reply.text)")
                #expect(reply.json["data"] == ["k": .string(method)])
                let texts = warnings.map { "299 - \"\($0.replacing("\"", with: "\\\""))\"" }
                #expect(reply.warnings == texts, "\(method)")
            }
        }
    }

    /// Whether a deletion is real is nothing to be read in two ways.
    @Test func ofADeletionItIsRefused() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            let body = Array(#"{"dryRun":["All"],"dryRun":[]}"#.utf8)
            let reply = try await api.send("DELETE", "\(TestAPI.configMaps)/a", body: body)
            #expect(reply.code == 400, "\(reply.text)")
        }
    }
}
