import Foundation
import JSON
import Testing

/// Workers that the controller does not run: they join with a token, renew their certificates, outlive the controller, and are removed.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(4)))
struct WorkersElsewhereTests {
    private static func with(
        _ arguments: [String] = [],
        _ body: (TestCluster, Process, TestJoiner) async throws -> Void
    ) async throws {
        try await TestCluster.with(arguments: arguments) { cluster, controller in
            let joiner = TestJoiner("edge-1", to: cluster)
            defer { joiner.close() }
            do {
                try await body(cluster, controller, joiner)
            } catch {
                Issue.record("the worker's log: \(joiner.log)")
                throw error
            }
        }
    }

    private static func token(_ cluster: TestCluster, _ name: String, _ arguments: String...) throws -> URL {
        let file = cluster.folder.appending(path: name)
        let made = try cluster.run(TestCluster.program("ctl"), ["worker", "token", "-o", file.path] + arguments)
        try #require(made.code == 0, "\(made)")
        return file
    }

    private static func get(_ cluster: TestCluster, _ path: String) throws -> String {
        try cluster.ctl("get", "node", "edge-1", "-o", "jsonpath=\(path)").output
    }

    private static func serials(_ cluster: TestCluster) throws -> Set<String> {
        Set(try get(cluster, "{.spec.certificates[*].serialNumber}").split(separator: " ").map(String.init))
    }

    private static func status(of path: String, at joiner: TestJoiner, _ cluster: TestCluster) throws -> String {
        guard let address = joiner.address else { return "it does not listen yet" }
        let authority = cluster.data.appending(path: "pki/ca.crt").path
        return try cluster.run(
            URL(filePath: "/usr/bin/env"),
            ["curl", "-s", "--cacert", authority, "-w", " %{http_code}", address + path]
        ).output
    }

    /// From the token to the last word, with the controller killed in between.
    @Test func joinsRenewsOutlivesTheControllerAndIsRemoved() async throws {
        try await Self.with(["--worker-certificate-seconds", "12"]) { cluster, controller, joiner in
            let token = try Self.token(cluster, "token")
            let mode = try FileManager.default.attributesOfItem(atPath: token.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try joiner.start(token: token)
            try await eventually("it is a worker like the others") {
                try Self.get(cluster, "{.status.conditions[?(@.type==\"Ready\")].status} {.status.authentication.revision}")
                    == "True 1"
            }
            #expect(try Self.get(cluster, "{.status.authentication.endpoint}") == joiner.address)
            #expect(try Self.status(of: "/readyz", at: joiner, cluster) == "ok 200")

            let first = try Self.serials(cluster)
            try await eventually("its certificates are renewed") { try Self.serials(cluster).isDisjoint(with: first) }

            // It takes revisions like the others, and its turn comes.
            try #require(try cluster.ctl("rollout", "restart").code == 0)
            #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
            #expect(try Self.get(cluster, "{.status.authentication.revision}") == "2")

            kill(controller.processIdentifier, SIGKILL)
            controller.waitUntilExit()
            joiner.kill()
            try joiner.start()
            try await eventually("it starts from its last good snapshot") {
                try Self.status(of: "/readyz", at: joiner, cluster) == "ok 200"
            }
            let next = try cluster.start(["--worker-certificate-seconds", "12"])
            defer {
                next.terminate()
                next.waitUntilExit()
            }
            try await eventually("the controller is back") { try cluster.ctl("get", "nodes").code == 0 }
            let before = try Self.serials(cluster)
            try await eventually("it renews its certificates again") { try Self.serials(cluster).isDisjoint(with: before) }

            let drained = try cluster.ctl("worker", "drain", "edge-1", "--timeout=60s")
            #expect(drained.code == 0, "\(drained)")
            #expect(try Self.status(of: "/readyz", at: joiner, cluster).hasSuffix(" 503"))
            try #require(try cluster.ctl("rollout", "restart").code == 0)
            #expect(try cluster.ctl("rollout", "status", "--timeout=60s").code == 0)
            try await eventually("a drained worker follows, and nobody has waited for it") {
                try Self.get(cluster, "{.status.authentication.revision}") == "3"
            }
            #expect(try cluster.ctl("get", "nodes").output.contains("Ready,SchedulingDisabled"))
            #expect(try cluster.ctl("worker", "resume", "edge-1").output == "node/edge-1 resumed\n")
            #expect(try cluster.ctl("worker", "resume", "edge-1").output == "node/edge-1 is in service already\n")
            try await eventually("it is counted again") {
                let path = "jsonpath={.status.nodeStatuses[*].nodeName}"
                return try cluster.ctl("get", "kubeapiserver", "cluster", "-o", path).output.contains("edge-1")
            }

            let removed = try cluster.ctl("worker", "remove", "edge-1")
            #expect(removed.code == 0, "\(removed)")
            #expect(joiner.end() == 0)
            for name in ["identity.json", "last-good.json", "secrets.json", "opaque-tokens.json"] {
                #expect(!FileManager.default.fileExists(atPath: joiner.file(name).path), "\(name)")
            }
            try joiner.start()
            #expect(joiner.end() != 0)
            #expect(joiner.log.contains("has not joined yet"))
        }
    }

    /// A token on its command line is for whoever needs one: it keeps no worker from serving, and brings back one that was given up.
    @Test func servesWhateverItsTokenIsWorth() async throws {
        try await Self.with(["--worker-certificate-seconds", "10"]) { cluster, controller, joiner in
            let token = try Self.token(cluster, "token")
            try joiner.start(token: token)
            try await eventually("it has joined") { joiner.address != nil }
            try #require(try cluster.ctl("worker", "drain", "edge-1", "--timeout=60s").code == 0)
            joiner.kill()
            kill(controller.processIdentifier, SIGKILL)
            controller.waitUntilExit()
            let identity = try JSONParser.parse([UInt8](Data(contentsOf: joiner.file("identity.json"))))
            let end = try #require(identity["expiresAt"]?.integerValue)
            try await eventually("its certificate has ended") { Int64(Date().timeIntervalSince1970) > end }
            // The same command line, as a supervisor starts it again: the controller is away, and the token is used up.
            try joiner.start(token: token)
            try await eventually("it answers, and is still to be taken out") {
                try Self.status(of: "/readyz", at: joiner, cluster).contains("to be taken out of service")
            }
            let next = try cluster.start()
            defer {
                next.terminate()
                next.waitUntilExit()
            }
            try await eventually("the controller is back") { try cluster.ctl("get", "nodes").code == 0 }
            joiner.kill()
            let before = try Self.serials(cluster)
            let replacement = try Self.token(cluster, "replacement", "--name", "edge-1")
            try joiner.start(token: replacement)
            try await eventually("it has joined again by itself") {
                try Self.serials(cluster).isDisjoint(with: before) && cluster.ctl("worker", "resume", "edge-1").code == 0
            }
            try await eventually("and is as before") {
                try Self.status(of: "/readyz", at: joiner, cluster) == "ok 200"
            }
            joiner.kill()
            try await eventually("its silence is told", within: .seconds(90)) {
                try Self.get(cluster, "{.status.conditions[?(@.type==\"Ready\")].status}") == "Unknown"
            }
        }
    }

    /// kill -9 while it joins, tokens that are used up or revoked, and somebody else's name.
    @Test func letsNobodyElseIn() async throws {
        try await Self.with { cluster, _, joiner in
            let token = try Self.token(cluster, "token")
            for _ in 0..<5 {
                try joiner.start(token: token)
                try await eventually("it is under way") {
                    FileManager.default.fileExists(atPath: joiner.file("joining.key").path)
                        || FileManager.default.fileExists(atPath: joiner.file("identity.json").path)
                }
                joiner.kill()
            }
            try joiner.start(token: token)
            try await eventually("it has joined all the same") { joiner.address != nil }

            let other = TestJoiner("edge-2", to: cluster)
            defer { other.close() }
            func refusal(_ token: URL, _ worker: TestJoiner, _ more: [String] = []) throws -> String {
                try worker.start(token: token, more)
                #expect(worker.end() != 0)
                return worker.log
            }
            #expect(try refusal(token, other).contains("has been used"))
            let revoked = try Self.token(cluster, "revoked")
            let name = try cluster.ctl("get", "workertokens", "-o", "jsonpath={.items[-1:].metadata.name}").output
            for name in try cluster.ctl("get", "workertokens", "-o", "jsonpath={.items[*].metadata.name}").output.split(
                separator: " "
            ) {
                try #require(try cluster.ctl("delete", "workertoken", String(name)).code == 0, "\(name)")
            }
            #expect(!name.isEmpty)
            #expect(try refusal(revoked, other).contains("has been revoked or has expired"))
            let fresh = try Self.token(cluster, "fresh")
            #expect(
                try refusal(fresh, other, ["--host", "idp.example"]).contains("does not allow certificates for idp.example")
            )
            let thief = TestJoiner("edge-1", to: cluster)
            defer { thief.close() }
            try FileManager.default.moveItem(at: joiner.folder, to: cluster.folder.appending(path: "joiners/moved"))
            #expect(try refusal(fresh, thief).contains("\"edge-1\" has joined before"))

            // With a token for its name it is replaced, and the one before counts no more.
            let replacement = try Self.token(cluster, "replacement", "--name", "edge-1")
            let before = try Self.serials(cluster)
            try thief.start(token: replacement)
            try await eventually("the other one has the name") {
                try Self.serials(cluster).isDisjoint(with: before) && thief.address != nil
            }
        }
    }

    /// Somebody who may write revisions, or the store, cannot make workers judge by them.
    @Test func takesNoRevisionThatTheControllerDidNotSign() async throws {
        try await TestCluster.with { cluster, _ in
            let revision = try cluster.ctl("get", "authenticationrevision", "authentication-1", "-o", "json")
            var forged = try JSONParser.parse(Array(revision.output.utf8))
            forged["metadata"] = ["name": "authentication-2"]
            forged["spec"]?["revision"] = 2
            forged["spec"]?["snapshot"]?["revision"] = 2
            forged["spec"]?["snapshot"]?["oauthMetadata"] = .string(#"{"issuer":"https://evil.example"}"#)
            let file = cluster.folder.appending(path: "forged.json")
            try Data(JSONWriter.bytes(of: forged)).write(to: file)
            let created = try cluster.ctl("create", "-f", file.path)
            try #require(created.code == 0, "\(created)")
            let status = #"{"status":{"latestAvailableRevision":2}}"#
            _ = try cluster.ctl("patch", "kubeapiserver", "cluster", "--subresource=status", "--type=merge", "-p", status)
            try await eventually("the worker refuses it") {
                let events = try cluster.ctl("get", "events", "-A", "-o", "jsonpath={.items[*].message}").output
                return events.contains("RevisionForged") || events.contains("RevisionDamaged")
            }
            let running = try cluster.ctl("get", "node", "worker-0", "-o", "jsonpath={.status.authentication.revision}").output
            #expect(running == "1")
        }
    }
}
