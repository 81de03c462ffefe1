import Schema
import Testing

@testable import Reconcile

/// Which workers of other hosts get certificates, and for which names.
struct JoinDecisionTests {
    private static func token(
        for name: String? = nil,
        hosts: [String] = [],
        joins: Int64 = 1,
        joined: [(String, String)] = []
    ) -> JoinQuestion.Asker {
        var status = WorkerToken.Status()
        status.joined = joined.map { WorkerToken.Joined(workerName: $0.0, keyDigest: $0.1, time: "2026-01-01T00:00:00Z") }
        return .token(
            WorkerToken(
                metadata: ObjectMeta(name: "join-1"),
                spec: WorkerToken.Spec(
                    request: "",
                    ttlSeconds: 60,
                    workerName: name,
                    hosts: hosts.isEmpty ? nil : hosts,
                    joins: joins
                ),
                status: status
            )
        )
    }

    private static func node(_ certificates: [(String, String)], isOwn: Bool = false, hosts: [String] = ["10.0.0.7"]) -> Node {
        var metadata = ObjectMeta(name: "edge-1")
        metadata.labels = isOwn ? ["postern.dev/run-by": "controller"] : nil
        var spec = Node.Spec()
        spec.certificates = certificates.map {
            Node.Certificate(serialNumber: $0.0, keyDigest: $0.1, expirationTime: "2026-01-01T00:00:00Z")
        }
        spec.hosts = hosts
        return Node(metadata: metadata, spec: spec, status: nil)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let asker: JoinQuestion.Asker
        var name = "edge-1"
        var key = "k1"
        var hosts: [String] = []
        var address: String? = "10.0.0.7"
        var node: Node?
        let expected: String
    }

    private static let cases = [
        Case(testDescription: "a new worker", asker: token(), expected: "10.0.0.7; a join"),
        Case(testDescription: "no address is known", asker: token(), address: nil, expected: "; a join"),
        Case(
            testDescription: "its names come first, and the token's where it gives none",
            asker: token(hosts: ["edge-1.example", "edge-2.example"]),
            expected: "edge-1.example, edge-2.example, 10.0.0.7; a join"
        ),
        Case(
            testDescription: "a name that the token allows, whatever its case",
            asker: token(hosts: ["Edge-1.example", "edge-2.example"]),
            hosts: ["edge-1.EXAMPLE"],
            expected: "edge-1.EXAMPLE, 10.0.0.7; a join"
        ),
        Case(
            testDescription: "names that it does not allow",
            asker: token(hosts: ["edge-1.example"]),
            hosts: ["edge-1.example", "idp.example", "10.0.0.8"],
            expected: "\(WorkerCertificate.Refusal.hostsNotAllowed(["idp.example", "10.0.0.8"]))"
        ),
        Case(
            testDescription: "another name than the token's",
            asker: token(for: "edge-2"),
            expected: "\(WorkerCertificate.Refusal.tokenForAnother("edge-2"))"
        ),
        Case(
            testDescription: "the token was used",
            asker: token(joined: [("edge-0", "k0")]),
            expected: "\(WorkerCertificate.Refusal.tokenSpent(joins: 1))"
        ),
        Case(
            testDescription: "the token is good for several",
            asker: token(joins: 2, joined: [("edge-0", "k0")]),
            expected: "10.0.0.7; a join"
        ),
        Case(
            testDescription: "once more, before the Node was written",
            asker: token(joined: [("edge-1", "k1")]),
            expected: "10.0.0.7"
        ),
        Case(
            testDescription: "once more, after the Node was written",
            asker: token(joined: [("edge-1", "k1")]),
            node: node([("a", "k1")]),
            expected: "10.0.0.7"
        ),
        Case(
            testDescription: "a name that somebody has",
            asker: token(),
            node: node([("a", "k0")]),
            expected: "\(WorkerCertificate.Refusal.nameTaken("edge-1"))"
        ),
        Case(
            testDescription: "a name that somebody got with this token and another key",
            asker: token(joins: 2, joined: [("edge-1", "k0")]),
            node: node([("a", "k0")]),
            expected: "\(WorkerCertificate.Refusal.nameTaken("edge-1"))"
        ),
        Case(
            testDescription: "the key of a worker that has renewed since is no way to its name",
            asker: token(joined: [("edge-1", "k1")]),
            node: node([("a", "k1"), ("b", "k2")]),
            expected: "\(WorkerCertificate.Refusal.nameTaken("edge-1"))"
        ),
        Case(
            testDescription: "a token for the name replaces who has it",
            asker: token(for: "edge-1"),
            node: node([("a", "k0")]),
            expected: "10.0.0.7; a join"
        ),
        Case(
            testDescription: "who replaces a worker may have its names",
            asker: token(for: "edge-1"),
            hosts: ["edge-1.example"],
            node: node([("a", "k0")], hosts: ["edge-1.example", "10.0.0.9"]),
            expected: "edge-1.example, 10.0.0.7; a join"
        ),
        Case(
            testDescription: "a new worker may not have somebody's names",
            asker: token(joined: [("edge-1", "k1")]),
            hosts: ["edge-1.example"],
            node: node([("a", "k1")], hosts: ["edge-1.example"]),
            expected: "\(WorkerCertificate.Refusal.hostsNotAllowed(["edge-1.example"]))"
        ),
        Case(
            testDescription: "hosts that are none",
            asker: token(hosts: ["*.example.org", "a/b", "[::1]"]),
            hosts: ["*.example.org", "a/b", "[::1]", "::1", "10.0.0.7"],
            expected: ["*.example.org", "a/b", "[::1]"].enumerated().map { index, host in
                "spec.hosts[\(index)]: Invalid value: \"\(host)\": must be a name without wildcards, or an address without brackets"
            }.joined(separator: ", ")
        ),
        Case(
            testDescription: "the controller's own",
            asker: token(for: "edge-1"),
            node: node([], isOwn: true),
            expected: "\(WorkerCertificate.Refusal.runByController("edge-1"))"
        ),
        Case(
            testDescription: "a name that the controller may need",
            asker: token(),
            name: "worker-12",
            expected: "\(WorkerCertificate.Refusal.runByController("worker-12"))"
        ),
        Case(
            testDescription: "a renewal keeps the names, and the certificate that asks",
            asker: .worker("edge-1", serialNumber: "b"),
            hosts: ["idp.example"],
            node: node([("a", "k0"), ("b", "k1")], hosts: ["edge-1.example"]),
            expected: "edge-1.example; keeps b"
        ),
        Case(
            testDescription: "a renewal after an answer that was lost",
            asker: .worker("edge-1", serialNumber: "a"),
            node: node([("a", "k0"), ("b", "k1")]),
            expected: "10.0.0.7; keeps a"
        ),
        Case(
            testDescription: "another worker's certificates",
            asker: .worker("edge-2", serialNumber: "a"),
            node: node([("a", "k0")]),
            expected: "\(WorkerCertificate.Refusal.anotherWorker("edge-2"))"
        ),
        Case(
            testDescription: "one whose certificates the controller makes",
            asker: .worker("edge-1", serialNumber: "a"),
            node: node([]),
            expected: "\(WorkerCertificate.Refusal.runByController("edge-1"))"
        ),
        Case(
            testDescription: "everything that is wrong, at once",
            asker: token(),
            name: "Edge_1",
            hosts: [""] + Array(repeating: "a", count: 16),
            expected:
                "spec.workerName: Invalid value: \"Edge_1\": must be a name of at most 63 lower-case letters, digits, hyphens and dots, "
                + "spec.hosts[0]: Invalid value: \"\": must be a name without wildcards, or an address without brackets, spec.hosts: Too many: 17: must have at most 16 items"
        ),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let question = JoinQuestion(
            asker: c.asker,
            workerName: c.name,
            keyDigest: c.key,
            hosts: c.hosts,
            address: c.address
        )
        let text: String
        do throws(WorkerCertificate.Refusal) {
            let grant = try question.grant(node: c.node)
            text =
                grant.hosts.joined(separator: ", ") + (grant.countsAsJoin ? "; a join" : "")
                + (grant.keeps.map { "; keeps \($0.serialNumber)" } ?? "")
        } catch {
            text = error.description
        }
        #expect(text == c.expected)
    }
}
