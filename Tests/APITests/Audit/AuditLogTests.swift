import Foundation
import JSON
import Listening
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import Web

@testable import API

/// What requests leave in the audit log, and what they must not.
struct AuditLogTests {
    private static let everything = AuditPolicy(rules: [.init(level: .requestResponse)])

    /// The lines that requests leave behind.
    private static func lines(
        _ policy: AuditPolicy = everything,
        of requests: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws -> [JSONValue] {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-audit-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = AuditLog.Options(path: path)
        options.policy = policy
        let log = try AuditLog(options, logger: LiveAPI.quiet)
        try await withThrowingDiscardingTaskGroup { group in
            let services = ServiceGroup(services: [log], logger: LiveAPI.quiet)
            group.addTask { try await services.run() }
            try await TestAPI.with(audit: log, requests)
            await services.triggerGracefulShutdown()
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONParser.parse(String($0)) }
    }

    private static func last(of requests: @escaping @Sendable (TestAPI) async throws -> Void) async throws -> JSONValue {
        try #require(try await lines(of: requests).last)
    }

    @Test func tellsWhoDidWhatToWhat() async throws {
        let line = try await Self.last { api in
            _ = try await api.patch("\(TestAPI.cluster)?fieldManager=me", ["spec": ["type": "None"]])
        }
        #expect(line["kind"] == "Event")
        #expect(line["apiVersion"] == "audit.k8s.io/v1")
        #expect(line["stage"] == "ResponseComplete")
        #expect(line["verb"] == "patch")
        #expect(line["requestURI"] == "/apis/config.openshift.io/v1/authentications/cluster?fieldManager=me")
        #expect(line.value(at: "user", "username") == "system:admin")
        #expect(line.value(at: "user", "groups") == ["system:masters", "system:authenticated"])
        #expect(
            line["objectRef"] == [
                "resource": "authentications", "name": "cluster", "apiGroup": "config.openshift.io", "apiVersion": "v1",
            ]
        )
        #expect(line.value(at: "responseStatus", "code") == 200)
        #expect(line["requestObject"] == ["spec": ["type": "None"]])
        #expect(line.value(at: "responseObject", "spec", "type") == "None")
        #expect(line.value(at: "annotations", "authorization.k8s.io/decision") == "allow")
        #expect(line["userAgent"] == "kubectl/v1.34.0 (linux)")
        let received = try #require(line["requestReceivedTimestamp"]?.stringValue)
        #expect(received.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil, "\(received)")
    }

    @Test func tellsRefusals() async throws {
        let forbidden = try await Self.last { api in _ = try await api.get(TestAPI.cluster, as: TestAPI.worker) }
        #expect(forbidden.value(at: "responseStatus", "code") == 403)
        #expect(forbidden.value(at: "responseStatus", "reason") == "Forbidden")
        #expect(forbidden.value(at: "annotations", "authorization.k8s.io/decision") == "forbid")
        let nobody = try await Self.last { api in _ = try await api.get(TestAPI.cluster, as: nil) }
        #expect(nobody.value(at: "user", "username") == "system:anonymous")
        #expect(nobody.value(at: "responseStatus", "code") == 401)
    }

    /// The author of an attempt to be somebody else is known by the certificate.
    @Test func tellsWhoTriedToBeSomebodyElse() async throws {
        for headers in [["X-Remote-User": "root"], ["Impersonate-Group": "system:masters"]] {
            let line = try await Self.last { api in _ = try await api.send("GET", TestAPI.cluster, headers: headers) }
            #expect(line.value(at: "user", "username") == "system:admin", "\(headers)")
            #expect(line.value(at: "objectRef", "resource") == "authentications")
            #expect(line.value(at: "annotations", "authorization.k8s.io/decision") != "allow")
        }
    }

    @Test func tellsWhoSpokeForWhom() async throws {
        let throughWorker = try await Self.last { api in
            let headers = ["X-Remote-User": "alice", "X-Forwarded-For": "10.1.2.3"]
            _ = try await api.send("GET", TestAPI.cluster, as: TestAPI.worker, headers: headers)
        }
        #expect(throughWorker["sourceIPs"]?.arrayValue?.first == "10.1.2.3")
        #expect(throughWorker.value(at: "user", "username") == "alice")
        #expect(throughWorker.value(at: "annotations", "postern.dev/through") == "system:node:worker-0")
        let impersonated = try await Self.last { api in
            let headers = ["Impersonate-User": "bob", "X-Forwarded-For": "10.1.2.3"]
            _ = try await api.send("GET", TestAPI.cluster, headers: headers)
        }
        #expect(impersonated["sourceIPs"]?.arrayValue?.contains("10.1.2.3") == false)
        #expect(impersonated.value(at: "user", "username") == "system:admin")
        #expect(impersonated.value(at: "impersonatedUser", "username") == "bob")
    }

    @Test func holdsNoSecret() async throws {
        let lines = try await Self.lines { api in
            let secret: JSONValue = [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"], "stringData": ["a": "hunter2"],
            ]
            let path = "/api/v1/namespaces/openshift-config/secrets"
            #expect(try await api.create(path, secret).code == 201)
            #expect(try await api.patch("\(path)/s", ["stringData": ["b": "hunter2"]]).code == 200)
            #expect(try await api.get("\(path)/s?access_token=hunter2").code == 200)
            #expect(try await api.get("\(path)?x=hunter2&limit=5").code == 200)
            _ = try await api.send("GET", "\(path)/s", headers: ["Authorization": "Bearer hunter2"])
            // At places that are mistyped, or forbidden.
            for wrong in ["/api/v1/namespaces/openshift-config/secret", TestAPI.configMaps, "/apis/v1/namespaces/x/secrets"] {
                #expect(try await api.create(wrong, secret).code >= 400)
            }
            _ = try await api.create(TestAPI.configMaps, secret, as: TestAPI.worker)
            #expect(try await api.patch("\(path)/s?fieldValidation=Strict", ["hunter2": "x"]).code == 400)
        }
        let text = lines.map { JSONWriter.text(of: $0) }.joined(separator: "\n")
        #expect(text.contains(#""resource":"secrets""#))
        #expect(text.contains("limit=5"))
        for secret in ["hunter2", Data("hunter2".utf8).base64EncodedString()] { #expect(!text.contains(secret)) }
    }

    @Test func theBuiltInPolicyKeepsWhatWasWrittenButNotWhatWasRead() async throws {
        let lines = try await Self.lines(.builtIn) { api in
            _ = try await api.get("/livez")
            _ = try await api.patch("/api/v1/nodes/worker-0/status", ["status": [:]], as: TestAPI.worker)
            _ = try await api.get(TestAPI.cluster)
            _ = try await api.patch(TestAPI.cluster, ["spec": ["type": "None"]])
        }
        // The first four made the objects of every test.
        let told = lines.dropFirst(4).map { [$0["verb"], $0["level"], $0["requestObject"]] }
        #expect(told == [["get", "Metadata", nil], ["patch", "Request", ["spec": ["type": "None"]]]])
    }

    @Test func aLargeBodyIsLeftOut() async throws {
        let line = try await Self.last { api in
            let data: JSONValue = ["k": .string(String(repeating: "x", count: AuditEvent.bodyLimit))]
            _ = try await api.create(TestAPI.configMaps, TestAPI.configMap("large", data: data))
        }
        #expect(line["requestObject"] == nil)
        #expect(line.value(at: "annotations", "audit.k8s.io/truncated") == "true")
    }

    // MARK: - The file

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-audit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func setsFullFilesAsideAndKeepsTheNewest() throws {
        try Self.withFolder { folder in
            var file = try AuditFile(path: "\(folder)/audit.log", limit: 10, keeps: 2)
            for number in 0..<5 { try file.append(Array("line \(number)--\n".utf8)) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names.count == 3)
            let contents = try names.map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
            #expect(contents == ["line 2--\n", "line 3--\n", "line 4--\n"])
        }
    }

    @Test func deletesNothingOfOthersAndBearsThatItIsMoved() throws {
        try Self.withFolder { folder in
            let foreign = "\(folder)/audit-2020-report.log"
            try Data("keep".utf8).write(to: URL(filePath: foreign))
            var file = try AuditFile(path: "\(folder)/audit.log", limit: 10, keeps: 0)
            for number in 0..<3 { try file.append(Array("line \(number)--\n".utf8)) }
            #expect(FileManager.default.fileExists(atPath: foreign))
            try FileManager.default.moveItem(atPath: "\(folder)/audit.log", toPath: "\(folder)/moved")
            try file.append(Array("line 3--\n".utf8))
            #expect(try String(contentsOfFile: "\(folder)/audit.log", encoding: .utf8) == "line 3--\n")
        }
    }

    @Test func beginsBehindHalfALine() throws {
        try Self.withFolder { folder in
            let path = "\(folder)/audit.log"
            try Data("{\"half".utf8).write(to: URL(filePath: path))
            var file = try AuditFile(path: path, limit: 1_000, keeps: 2)
            try file.append(Array("{}\n".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"half\n{}\n")
        }
    }

    /// A disk that is full in the middle of a line, and still so at the next: later lines are whole all the same.
    @Test func beginsBehindALineThatTheDiskDidNotTake() throws {
        try Self.withFolder { folder in
            let path = "\(folder)/audit.log"
            let room = Mutex([5, 0, 0])
            var file = try AuditFile(path: path, limit: 1_000, keeps: 2) { descriptor, bytes in
                guard let count = room.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                    return write(descriptor, bytes.baseAddress, bytes.count)
                }
                guard count == 0 else { return write(descriptor, bytes.baseAddress, count) }
                errno = ENOSPC
                return -1
            }
            for line in ["{\"half\":1}\n", "{\"none\":1}\n"] {
                var failure: AuditFile.Failure?
                do throws(AuditFile.Failure) { try file.append(Array(line.utf8)) } catch { failure = error }
                #expect(failure?.code == ENOSPC)
            }
            try file.append(Array("{}\n".utf8))
            try file.append(Array("{}\n".utf8))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"hal\n{}\n{}\n")
        }
    }

    @Test func isForItsOwnerOnly() throws {
        try Self.withFolder { folder in
            _ = try AuditFile(path: "\(folder)/audit.log", limit: 1, keeps: 1)
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/audit.log")[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(throws: AuditFile.Failure.self) { _ = try AuditFile(path: "\(folder)/no/audit.log", limit: 1, keeps: 1) }
        }
    }
}
