import Atomics
import Logging

/// A log that only counts.
struct Lines: LogHandler {
    let count = ManagedAtomic(0)
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { count.wrappingIncrement(ordering: .relaxed) }
}
