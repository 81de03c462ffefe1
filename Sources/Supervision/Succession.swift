import Foundation
import ServiceLifecycle

/// Watches `process.json` and returns when another living process has written itself into it: that one does the work now.
///
/// A process whose record was lost or damaged is adopted by nobody. A new one is started beside it, both answer on the same port,
/// and nobody would ever stop the first. To be run with `.gracefullyShutdownGroup` as its way to succeed.
package struct Succession: Service {
    private let record: String
    private let interval: Duration

    package init(record: String, interval: Duration = .seconds(1)) {
        self.record = record
        self.interval = interval
    }

    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let record = ProcessRecord.read(record)
            if hasSuccessor(record, of: getpid(), runningTicks: record.flatMap { ProcessRecord.startTicks(of: $0.pid) }) {
                return
            }
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
        }
    }
}

/// Whether the record is of another process that is alive.
///
/// - Parameter runningTicks: the start of the process that has the record's id now; nil: there is none.
func hasSuccessor(_ record: ProcessRecord?, of pid: Int32, runningTicks: UInt64?) -> Bool {
    guard let record, let runningTicks else { return false }
    return record.pid != pid && record.startTicks == runningTicks
}
