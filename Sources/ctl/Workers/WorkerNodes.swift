import Client
import Foundation
import JSON
import Schema

/// One worker's `Node`, as the commands about workers read and change it.
struct WorkerNodes: Sendable {
    /// Without a report for so long a worker counts as gone.
    static let heartbeatLimit: Int64 = 40

    let client: ControllerClient

    static func path(of name: String) -> ResourcePath { ResourcePath("v1", "nodes", name: name) }

    func get(_ name: String) async throws -> Node { try await client.get(Self.path(of: name)).decoded(as: Node.self) }

    /// - Returns: whether that changed anything.
    func set(unschedulable: Bool, _ name: String) async throws -> Bool {
        guard (try await get(name).spec?.unschedulable ?? false) != unschedulable else { return false }
        let options = WriteOptions(fieldManager: "ctl-worker")
        let change: JSONValue = ["spec": ["unschedulable": unschedulable ? true : .null]]
        _ = try await client.patch(Self.path(of: name), merging: change, options)
        return true
    }

    /// Takes a worker out of service and waits until nobody asks it any more.
    ///
    /// - Parameter tell: told once what is waited for.
    func drain(_ name: String, timeout: Duration, tell: (String) -> Void) async throws {
        _ = try await set(unschedulable: true, name)
        let deadline = ContinuousClock.now + timeout
        let patience = ContinuousClock.now + .seconds(1)
        var hasTold = false
        while true {
            switch try await get(name).drainState(now: Int64(Date().timeIntervalSince1970)) {
            case .drained: return
            case .gone:
                return tell("worker \(name) has not reported for \(Self.heartbeatLimit) s: nobody is waited for")
            case .draining(let why):
                guard ContinuousClock.now < deadline else {
                    throw CommandFailure(
                        "worker \(name) is not drained yet: \(why). It stays out of service: wait longer with --timeout, take it away with "
                            + "ctl worker remove --force, or bring it back with ctl worker resume",
                        code: .timedOut
                    )
                }
                // What is done at once needs no words.
                if !hasTold, ContinuousClock.now >= patience {
                    tell("waiting: \(why)")
                    hasTold = true
                }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

extension Node {
    /// How far a worker that is to be taken out has come.
    enum DrainState: Hashable, Sendable {
        case drained
        /// It does not report.
        case gone
        case draining(String)
    }

    /// - Parameter now: seconds since 1970.
    func drainState(now: Int64) -> DrainState {
        let name = metadata.name ?? ""
        guard let heartbeat = status?.ready?.lastHeartbeatTime.flatMap(Timestamp.seconds) else { return .gone }
        if now - heartbeat > WorkerNodes.heartbeatLimit || status?.ready?.reason == "ProcessExited" { return .gone }
        switch status?.authentication?.phase {
        case "Drained": return .drained
        case "Draining":
            return .draining(
                "\(name) was asked within the last seconds, or may have been; its /readyz tells others to go elsewhere"
            )
        default: return .draining("\(name) has not taken notice yet")
        }
    }
}
