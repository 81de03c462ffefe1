import Synchronization

/// Whether the built-in OAuth server has to run, for whoever starts and stops its process.
package final class OAuthServerDemand: Sendable {
    /// Every change, beginning with the first decision; for one reader. A slow reader sees the newest value only.
    package let changes: AsyncStream<Bool>
    private let continuation: AsyncStream<Bool>.Continuation
    private let value = Mutex<Bool?>(nil)
    /// Whether the server's process answers; asked often, so it must be quick.
    let isReady: @Sendable () -> Bool

    init(isReady: @escaping @Sendable () -> Bool) {
        self.isReady = isReady
        (changes, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// nil: not decided yet.
    package var isWanted: Bool? { value.withLock { $0 } }

    func set(_ isWanted: Bool) {
        let isNew = value.withLock { value in
            defer { value = isWanted }
            return value != isWanted
        }
        if isNew { continuation.yield(isWanted) }
    }

    /// Ends `changes`; the server keeps running or not as it does.
    func finish() { continuation.finish() }
}
