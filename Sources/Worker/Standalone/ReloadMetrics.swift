import Foundation
import Synchronization

/// What is counted about the configuration file, under the names that the Kubernetes API server has for it.
final class ReloadMetrics: Sendable {
    enum Status: String, CaseIterable, Sendable {
        case success, failure
    }

    private struct Counts {
        var total: [Status: Int64] = [:]
        /// Seconds since 1970.
        var last: [Status: Double] = [:]
        var hash: String
    }

    private let counts: Mutex<Counts>

    /// - Parameter hash: of the content at the start, which is no reload.
    init(hash: String) { counts = Mutex(Counts(hash: hash)) }

    func succeeded(hash: String, now: Double) {
        count(.success, now)
        counts.withLock { $0.hash = hash }
    }

    func failed(now: Double) { count(.failure, now) }

    private func count(_ status: Status, _ now: Double) {
        counts.withLock { counts in
            counts.total[status, default: 0] += 1
            counts.last[status] = now
        }
    }

    /// In the Prometheus text format.
    var text: String {
        let counts = counts.withLock { $0 }
        let prefix = "apiserver_authentication_config_controller_"
        var text = ""
        func begin(_ name: String, _ type: String, _ help: String) {
            text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(type)\n"
        }
        begin("automatic_reloads_total", "counter", "Changes of the configuration file, by how they ended.")
        for status in Status.allCases {
            text += "\(prefix)automatic_reloads_total{status=\"\(status)\"} \(counts.total[status] ?? 0)\n"
        }
        begin("automatic_reload_last_timestamp_seconds", "gauge", "When a change ended so last.")
        for status in Status.allCases {
            guard let last = counts.last[status] else { continue }
            text += "\(prefix)automatic_reload_last_timestamp_seconds{status=\"\(status)\"} \(last)\n"
        }
        begin("last_config_info", "gauge", "The content of the configuration file that is in force.")
        return text + "\(prefix)last_config_info{hash=\"\(counts.hash)\"} 1\n"
    }
}
