import Certificates
import Foundation
import JSON
import Logging
import Schema
import ServiceLifecycle
import Snapshot
import Store
import Synchronization
import Testing

@testable import Reconcile

/// A store in a scratch folder with the default objects, the loops over it, and workers that do what they are told.
final class TestCluster: Sendable {
    let store: SQLiteStore
    let writer: ObjectWriter
    let providers = FakeProviders()
    /// Revisions that every worker refuses.
    let refused = Mutex<Set<Int64>>([])
    /// Workers that do nothing, as if they were stopped.
    let stopped = Mutex<Set<String>>([])
    let signer: SnapshotSigner
    private let folder: String

    private init(workers: Int) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "postern-reconcile-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        signer = try ClusterCertificates.open(dataFolder: folder, now: Date()).snapshotSigner()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        store = try SQLiteStore.open(path: "\(folder)/store.db", key: .random(), logger: logger)
        writer = ObjectWriter(store: store, catalog: try ResourceCatalog.builtIn())
        for object in try DefaultObjects.all() { try await writer.create(object, now: Self.now()) }
        for index in 0..<workers {
            try await writer.create(
                ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string("worker-\(index)")]],
                now: Self.now()
            )
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// Runs `body` beside the loops and workers, and stops them however it ends.
    ///
    /// - Parameter now: the clock of the loops.
    static func with(
        workers: Int = 3,
        now: @Sendable @escaping () -> Int64 = TestCluster.now,
        _ body: @Sendable @escaping (TestCluster) async throws -> Void
    ) async throws {
        let cluster = try await TestCluster(workers: workers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await (try cluster.loop(now: now)).run() }
            for index in 0..<workers { group.addTask { await cluster.work(as: "worker-\(index)") } }
            do {
                try await body(cluster)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// As `with`, and the clock of the loops can be set ahead, by so many seconds.
    static func withClock(
        _ body: @Sendable @escaping (TestCluster, _ setAhead: @Sendable @escaping (Int64) -> Void) async throws -> Void
    ) async throws {
        let ahead = SettableLead()
        try await with(now: { now() + ahead.seconds.withLock { $0 } }) { cluster in
            try await body(cluster) { seconds in ahead.seconds.withLock { $0 = seconds } }
        }
    }

    private final class SettableLead: Sendable { let seconds = Mutex<Int64>(0) }

    /// Objects and workers, but no loops: for a test that starts and stops them itself.
    static func withoutLoops(workers: Int = 3, _ body: @Sendable @escaping (TestCluster) async throws -> Void) async throws {
        let cluster = try await TestCluster(workers: workers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<workers { group.addTask { await cluster.work(as: "worker-\(index)") } }
            do {
                try await body(cluster)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    func loop(now: @Sendable @escaping () -> Int64 = TestCluster.now) throws -> ReconcileLoop {
        ReconcileLoop(
            store: store,
            catalog: writer.admission.catalog,
            providers: providers,
            signer: signer,
            options: ReconcileLoop.Options(oauthMetadata: #"{"issuer":"https://oauth.test"}"#, version: "0.1.0"),
            now: now,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

// MARK: - Doing

extension TestCluster {
    /// Replaces `spec` of an object as the API would.
    func apply(
        _ spec: JSONValue,
        to id: ObjectID = .authentication,
        annotations: JSONValue? = nil,
        with client: String = "ctl"
    ) async throws {
        let object = try await store.get(id)
        var value = object.value
        value["spec"] = spec
        let generation = value.value(at: "metadata", "generation")?.integerValue ?? 0
        value["metadata"]?["generation"] = .integer(generation + 1)
        var stamps: JSONValue = annotations ?? [:]
        stamps["postern.dev/changed-by"] = "system:admin"
        stamps["postern.dev/changed-with"] = .string(client)
        value["metadata"]?["annotations"] = stamps
        do {
            try await writer.replace(object, by: value)
        } catch StoreError.conflict {
            try await apply(spec, to: id, annotations: annotations, with: client)
        }
    }

    func createConfigMap(_ name: String, _ data: JSONValue) async throws {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "namespace": "openshift-config"],
            "data": data,
        ]
        try await writer.create(object, now: Self.now())
    }

    func createSecret(_ name: String, _ data: JSONValue) async throws {
        let object: JSONValue = [
            "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name), "namespace": "openshift-config"],
            "stringData": data,
        ]
        try await writer.create(object, now: Self.now())
    }

    /// Polls until the condition holds.
    func eventually(
        within seconds: Double = 300,
        _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        let state = try await store.get(.kubeAPIServer).value
        let authentication = try await store.get(.authentication).value
        Issue.record(
            "not in time: \(what)\n\(JSONWriter.text(of: state["status"] ?? .null))\n\(JSONWriter.text(of: authentication["status"] ?? .null))",
            sourceLocation: sourceLocation
        )
        throw CancellationError()
    }

    func settled(at revision: Int64, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("all workers at revision \(revision)", sourceLocation: sourceLocation) {
            let (current, good) = (try await currentRevisions(), try await lastGoodRevision())
            return current.allSatisfy { $0 == revision } && good == revision
        }
    }
}

// MARK: - Looking

extension TestCluster {
    func kubeAPIServer() async throws -> KubeAPIServer.Status {
        try await store.get(.kubeAPIServer).value.decoded(as: KubeAPIServer.self).status ?? KubeAPIServer.Status()
    }

    func currentRevisions() async throws -> [Int64] {
        let statuses = try await kubeAPIServer().nodeStatuses ?? []
        return statuses.isEmpty ? [-1] : statuses.map { $0.currentRevision ?? 0 }
    }

    func lastGoodRevision() async throws -> Int64 { try await kubeAPIServer().lastGoodRevision ?? 0 }

    func revision(_ number: Int64) async throws -> AuthenticationRevision {
        try await store.get(.revision(number)).value.decoded(as: AuthenticationRevision.self)
    }

    func revisions() async throws -> [Int64] {
        try await store.list(.authenticationRevisions, namespace: nil).items.map(revisionNumber).sorted()
    }

    func authentication() async throws -> Authentication.Status {
        try await store.get(.authentication).value.decoded(as: Authentication.self).status ?? Authentication.Status()
    }

    func condition(_ type: String) async throws -> Condition? { try await authentication().conditions?[type: type] }

    func operatorCondition(_ name: String, _ type: String) async throws -> Condition? {
        let object = try await store.find(ObjectID(.clusterOperators, name: name))
        return try object?.value.decoded(as: ClusterOperator.self).status?.conditions?[type: type]
    }
}

// MARK: - Workers

extension TestCluster {
    /// Watches what is wanted and does it, as a worker process does.
    private func work(as name: String) async {
        while !Task.isCancelled {
            do {
                let from = try await store.currentRevision()
                try await obey(as: name)
                for try await _ in try await store.watch([.kubeAPIServers], after: from) { try await obey(as: name) }
            } catch {
                if !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
            }
        }
    }

    private func obey(as name: String) async throws {
        if stopped.withLock({ $0.contains(name) }) { return }
        let entry = try await kubeAPIServer().nodeStatuses?.first { $0.nodeName == name }
        let wanted = entry.map { ($0.targetRevision ?? 0) != 0 ? $0.targetRevision ?? 0 : $0.currentRevision ?? 0 } ?? 0
        let object = try await store.get(ObjectID(.nodes, name: name))
        var status = try object.value.decoded(as: Node.self).status ?? Node.Status()
        var authentication = status.authentication ?? Node.AuthenticationStatus()
        let isUnread = authentication.observedTargetGeneration != entry?.targetGeneration
        guard wanted != 0, isUnread || (authentication.revision != wanted && authentication.failedRevision != wanted) else {
            return
        }
        authentication.observedTargetGeneration = entry?.targetGeneration
        let snapshot = try await revision(wanted).spec.snapshot.decoded(as: WorkerSnapshot.self)
        #expect(try snapshot.digest() == (await revision(wanted)).spec.digest)
        if refused.withLock({ $0.contains(wanted) }) {
            authentication.failedRevision = wanted
            authentication.failureReason = "SelfTestFailed"
            authentication.failureMessage = "no usable key"
        } else {
            authentication.revision = wanted
            authentication.failedRevision = 0
            authentication.mode = snapshot.mode.rawValue
        }
        status.authentication = authentication
        let now = Timestamp.text(of: Self.now())
        status.conditions = [
            Node.NodeCondition(
                type: "Ready",
                status: .true,
                reason: "Serving",
                message: "",
                lastHeartbeatTime: now,
                lastTransitionTime: now
            )
        ]
        try await writer.setStatus(try JSONValue(encoding: status), of: object)
    }
}
