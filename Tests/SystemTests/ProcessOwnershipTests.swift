import Foundation
import Testing

/// Who starts, adopts and ends the processes of a cluster.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(5)))
struct ProcessOwnershipTests {
    @Test func aStoppedControllerTakesItsProcessesAlong() async throws {
        try await TestCluster.with(workers: 2) { cluster, controller in
            #expect(cluster.pids.count == 3)
            controller.terminate()
            try await eventually("the controller ends") { !controller.isRunning }
            #expect(controller.terminationStatus == 0)
            #expect(cluster.pids.isEmpty)
            // To a script that is no roll-out that failed.
            let status = try cluster.ctl("rollout", "status", "--timeout=1s")
            #expect(status.code == 2, "\(status)")
        }
    }

    @Test func aKilledControllerLeavesWorkersThatTheNextOneAdopts() async throws {
        try await TestCluster.with { cluster, controller in
            let worker = try cluster.pid("workers/worker-0")
            kill(controller.processIdentifier, SIGKILL)
            try await eventually("the controller is gone") { !controller.isRunning }
            #expect(kill(worker, 0) == 0)
            let next = try cluster.start()
            defer { next.terminate() }
            try await cluster.ready()
            #expect(try cluster.pid("workers/worker-0") == worker)
            next.terminate()
            try await eventually("the adopted worker is stopped with its controller") { kill(worker, 0) != 0 }
            try await eventually("the next controller ends") { !next.isRunning }
        }
    }

    @Test func aKilledWorkerIsStartedAgain() async throws {
        try await TestCluster.with { cluster, _ in
            let before = try cluster.pid("workers/worker-0")
            kill(before, SIGKILL)
            try await eventually("another process is there") { try cluster.pid("workers/worker-0") != before }
            try await eventually("it is at its revision") { try cluster.isSettled() }
        }
    }

    @Test func aSecondControllerOnTheSameFolderIsRefused() async throws {
        try await TestCluster.with { cluster, controller in
            let second = try cluster.start()
            try await eventually("the second one ends") { !second.isRunning }
            #expect(second.terminationStatus != 0)
            #expect(controller.isRunning)
            #expect(try cluster.ctl("get", "authentication").code == 0)
        }
    }
}
