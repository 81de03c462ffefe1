import JSON
import Testing

@testable import Schema

/// What code writes, admission takes and code reads back unchanged.
struct KindsTests {
    @Test func nodeStatus() throws {
        var status = Node.Status()
        status.addresses = [.init(type: "Hostname", address: "worker-0")]
        status.daemonEndpoints = .init(port: 9443)
        status.conditions = [
            .init(
                type: "Ready",
                status: .true,
                reason: "Serving",
                message: "",
                lastHeartbeatTime: "2025-07-01T00:00:00Z",
                lastTransitionTime: "2025-07-01T00:00:00Z"
            )
        ]
        var authentication = Node.AuthenticationStatus()
        authentication.revision = 3
        authentication.pid = 42
        var provider = Node.Provider(name: "idp")
        provider.unusableKeys = ["kid-1: RSA key of 1024 bits"]
        authentication.providers = [provider]
        status.authentication = authentication
        try expectRoundTrip(status, as: "Node", "v1", name: "worker-0")
    }

    @Test func rolloutStatus() throws {
        var node = KubeAPIServer.NodeStatus(nodeName: "worker-0")
        node.currentRevision = 1
        node.targetRevision = 2
        node.lastFailedRevisionErrors = ["no usable key"]
        var status = KubeAPIServer.Status()
        status.readyReplicas = 3
        status.latestAvailableRevision = 2
        status.nodeStatuses = [node]
        status.conditions = [
            .init(
                type: "NodeInstallerProgressing",
                status: .true,
                reason: "",
                message: "",
                lastTransitionTime: "2025-07-01T00:00:00Z"
            )
        ]
        try expectRoundTrip(status, as: "KubeAPIServer", "operator.openshift.io/v1", name: "cluster")
    }

    @Test func authenticationStatus() throws {
        let condition = Condition(
            type: "Available",
            status: .true,
            reason: "AsExpected",
            message: "",
            lastTransitionTime: "2025-07-01T00:00:00Z"
        )
        let client = Authentication.OIDCClientStatus(
            componentName: "cli",
            componentNamespace: "openshift-console",
            conditions: [condition],
            currentOIDCClients: [.init(oidcProviderName: "idp", issuerURL: "https://idp.example", clientID: "c")]
        )
        let status = Authentication.Status(currentRevision: 7, conditions: [condition], oidcClients: [client])
        try expectRoundTrip(status, as: "Authentication", "config.openshift.io/v1", name: "cluster")
    }

    private func expectRoundTrip<Status: Codable & Equatable>(
        _ status: Status,
        as kind: String,
        _ apiVersion: String,
        name: String
    ) throws {
        let object: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": .string(name)], "spec": [:],
            "status": try JSONValue(encoding: status),
        ]
        let stored = try admission().admit(object, subresource: .status).object.value
        #expect(try #require(stored["status"]).decoded(as: Status.self) == status)
    }

    @Test func conditionsKeepTheirTimeWhileTheStatusStays() {
        var conditions: [Condition] = []
        conditions.set(.init(type: "A", status: .true, reason: "R", message: "one"), now: "t1")
        conditions.set(.init(type: "A", status: .true, reason: "R", message: "two"), now: "t2")
        #expect(conditions[type: "A"]?.lastTransitionTime == "t1")
        #expect(conditions[type: "A"]?.message == "two")
        conditions.set(.init(type: "A", status: .false, reason: "R", message: ""), now: "t3")
        #expect(conditions.map(\.lastTransitionTime) == ["t3"])
    }

    @Test(arguments: [(JSONValue(integerLiteral: 2), 4, 2), ("25%", 4, 1), ("50%", 4, 2), ("1%", 3, 1), ("100%", 3, 3)])
    func howManyWorkersMayBeAway(_ value: JSONValue, _ workers: Int, _ limit: Int) throws {
        #expect(try value.decoded(as: RolloutPolicy.MaxUnavailable.self).limit(of: workers) == limit)
    }
}
