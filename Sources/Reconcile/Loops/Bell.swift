import Synchronization

/// Wakes a loop. However often it rings while the loop is busy, that counts as one ring: the loop reads the world anyway.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var listener: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let listener = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state.listener = nil }
            if state.listener == nil { state.hasRung = true }
            return state.listener
        }
        listener?.resume()
    }

    /// Returns when it rings, at once if it has rung since the last time, and when the task is cancelled.
    ///
    /// One task listens at a time.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.listener = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let listener = state.withLock { state -> CheckedContinuation<Void, Never>? in
                defer { state.listener = nil }
                return state.listener
            }
            listener?.resume()
        }
    }

    /// As `wait()`, but no longer than `duration`; nil: as long as it takes.
    func wait(atMost duration: Duration?) async {
        guard let duration else { return await wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                // The only error is cancellation, and that is how this ends when the bell rings first.
                do { try await Task.sleep(for: duration) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
