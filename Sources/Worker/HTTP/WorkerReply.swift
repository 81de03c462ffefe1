/// What an endpoint says to a request: the answer, or that it will come.
enum WorkerReply: Sendable {
    case now(WorkerResponse)
    /// Called once, at once, with what takes the answer; that may be called on any thread, once.
    case later(@Sendable (_ complete: @escaping @Sendable (WorkerResponse) -> Void) -> Void)
}
