import Foundation
import JSON
import Testing

/// OIDC, the built-in OAuth server and None in every order: nothing is lost, and `Serving=True` is never a lie.
@Suite(.systemTest, .timeLimit(.minutes(8)))
struct ModesTests {
    private enum Mode: String, CaseIterable {
        case oidc = "OIDC"
        case integratedOAuth = "IntegratedOAuth"
        case none = "None"
    }

    /// Each of the six ways from one to another, beginning with the built-in OAuth server.
    private static let orders: [Mode] = [.oidc, .integratedOAuth, .none, .oidc, .none, .integratedOAuth]

    @Test func losesNothingAndServesWheneverItSaysSo() async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with(workers: 2) { cluster, _ in
                let watch = ServingWatch(cluster: cluster)
                try await Self.begin(cluster, issuer, watch)
                let before = try Self.objects(cluster)
                #expect(before.count > 10, "\(before.keys.sorted())")
                for (index, mode) in Self.orders.enumerated() {
                    try await Self.change(to: mode, isHeld: index < 2, cluster, issuer, watch)
                    let after = try Self.objects(cluster)
                    for (name, object) in before { #expect(after[name] == object, "step \(index), \(mode): \(name)") }
                }
                try await Self.change(to: .oidc, cluster, issuer, watch)
                try await Self.killsAWorker(cluster, watch)
                issuer.stop()
                try await watch.until("the outage is told") {
                    try cluster.ctl("wait", "--for=condition=Healthy=false", "authentication/cluster", "--timeout=1s").code == 0
                }
                try await Self.killsAWorker(cluster, watch)
                // The provider is asked as it was before, so that it is down holds up neither leaving it nor coming back.
                for mode in [Mode.integratedOAuth, .oidc] { try await Self.change(to: mode, cluster, issuer, watch) }
                #expect(watch.problems.isEmpty, "\(watch.problems.prefix(5))")
                for mode in [Mode.oidc, .integratedOAuth] {
                    #expect(watch.accepted[mode.rawValue, default: 0] > 2, "\(watch.accepted)")
                }
                #expect(watch.accepted[Mode.none.rawValue] == nil, "\(watch.accepted)")
            }
        }
    }

    // MARK: - Steps

    /// Users with passwords, and one who has logged in; objects of an administrator; the provider's authority.
    private static func begin(_ cluster: TestCluster, _ issuer: TestIssuer, _ watch: ServingWatch) async throws {
        let example = TestCluster.root.appending(path: "examples/02-built-in-oauth").path
        try #require(try cluster.ctl("apply", "-f", example).code == 0)
        let client: JSONValue = [
            "apiVersion": "oauth.openshift.io/v1", "kind": "OAuthClient", "metadata": ["name": "grafana"],
            "secret": "a-secret-of-grafana", "redirectURIs": ["https://grafana.example/login"], "grantMethod": "auto",
        ]
        let settings: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings", "namespace": "openshift-config"],
            "data": ["a": "b"],
        ]
        for object in [client, settings, try issuer.authorityConfigMap()] { try apply(object, cluster) }
        let kubeconfig = cluster.folder.appending(path: "bob.kubeconfig")
        // The OAuth server takes up the users a moment after they were applied.
        try await eventually("bob logs in") {
            try cluster.ctl(
                "login",
                cluster.workerURL(0),
                "-u",
                "bob",
                "-p",
                "bob-password",
                "--certificate-authority",
                cluster.data.appending(path: "pki/ca.crt").path,
                "--kubeconfig",
                kubeconfig.path
            ).code == 0
        }
        let text = try String(contentsOf: kubeconfig, encoding: .utf8)
        let token = try #require(text.firstMatch(of: /sha256~[A-Za-z0-9_\-]+/)).output
        watch.tokens = [
            Mode.integratedOAuth.rawValue: String(token), Mode.oidc.rawValue: try issuer.token(for: "console"),
        ]
        try await watch.until("the first mode serves") { watch.isServing(Mode.integratedOAuth.rawValue) }
    }

    /// - Parameter isHeld: the roll-out is paused before, and goes on after a few looks at what is told meanwhile.
    private static func change(
        to mode: Mode,
        isHeld: Bool = false,
        _ cluster: TestCluster,
        _ issuer: TestIssuer,
        _ watch: ServingWatch
    ) async throws {
        let accepted = watch.accepted[mode.rawValue, default: 0]
        if isHeld { try #require(try cluster.ctl("rollout", "pause").code == 0) }
        switch mode {
        case .oidc: try apply(issuer.authentication, cluster)
        case .integratedOAuth, .none:
            let patch = #"{"spec":{"type":"\#(mode.rawValue)","oidcProviders":null}}"#
            let outcome = try cluster.ctl("patch", "authentication", "cluster", "--type=merge", "-p", patch)
            try #require(outcome.code == 0, "\(outcome)")
        }
        if isHeld {
            try await watch.until("the pause is told") {
                let why = "jsonpath={.status.conditions[?(@.type==\"RolledOut\")].reason}"
                return try cluster.ctl("get", "authentication", "cluster", "-o", why).output == "Paused"
            }
            var looks = 0
            try await watch.until("it was looked at three times") {
                looks += 1
                return looks == 3
            }
            try #require(try cluster.ctl("rollout", "resume").code == 0)
        }
        try await watch.until("all workers are in mode \(mode)") {
            mode == .none ? try watch.isEverywhere(mode.rawValue) : watch.isServing(mode.rawValue)
        }
        if mode != .none {
            try await watch.until("a valid token of mode \(mode) is accepted everywhere") {
                watch.accepted[mode.rawValue, default: 0] > accepted
            }
        }
        guard mode != .integratedOAuth else { return }
        try await watch.until("the OAuth server is parked") { try !watch.oauthServerAnswers() }
    }

    private static func killsAWorker(_ cluster: TestCluster, _ watch: ServingWatch) async throws {
        let before = try cluster.pid("workers/worker-1")
        kill(before, SIGKILL)
        try await watch.until("another process is there") { try cluster.pid("workers/worker-1") != before }
        try await watch.until("both workers serve") { try watch.isEverywhere("OIDC") && watch.isServing("OIDC") }
    }

    // MARK: - Objects

    private static func apply(_ object: JSONValue, _ cluster: TestCluster) throws {
        let file = cluster.folder.appending(path: "object.json")
        try Data(JSONWriter.bytes(of: object)).write(to: file)
        let outcome = try cluster.ctl("apply", "-f", file.path)
        try #require(outcome.code == 0, "\(outcome)")
    }

    /// What people and clients have, by kind, namespace and name; of each everything but the number of its last change.
    private static func objects(_ cluster: TestCluster) throws -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for kind in ["users", "identities", "groups", "oauthclients", "oauthaccesstokens", "secrets", "configmaps"] {
            let outcome = try cluster.ctl("get", kind, "-A", "-o", "json")
            try #require(outcome.code == 0, "\(outcome)")
            for item in try JSONParser.parse(outcome.output)["items"]?.arrayValue ?? [] {
                var object = item
                object["metadata"]?["resourceVersion"] = nil
                let (space, name) = (item["metadata"]?["namespace"]?.stringValue ?? "", item["metadata"]?["name"]?.stringValue)
                found["\(kind)/\(space)/\(name ?? "")"] = object
            }
        }
        return found
    }
}
