import Client
import Logging
import NIOCore
import NIOHTTP1

/// Passes requests for the API on to the controller, in the name of the user whose token was accepted, and the answers back.
///
/// The controller trusts the worker's certificate and takes the user from `X-Remote-*` headers, which never come from the client.
struct APIRelay: Sendable {
    private struct Job: Sendable {
        let request: HTTPTransport.Request
        /// Whose place it takes.
        let user: [UInt8]
        let answer: RelayedAnswer
    }

    /// Until the controller begins its answer; a change may have to be proven on a provider first.
    private static let patience = Duration.seconds(65)

    let admission: RelayAdmission
    private let server: String
    private let transport: HTTPTransport
    private let logger: Logger
    private let places: RelayPlaces
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    /// - Parameter transport: stays the caller's to shut down.
    init(
        admission: RelayAdmission,
        server: String,
        transport: HTTPTransport,
        places: RelayPlaces = RelayPlaces(),
        logger: Logger
    ) {
        (self.admission, self.server, self.transport, self.logger) = (admission, server, transport, logger)
        self.places = places
        (jobs, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(places.limit))
    }

    /// A connection that is silent for so long is given up; a watch of something that never changes ends by it.
    static let quietLimit = Duration.seconds(600)

    /// Takes a request over, complete with its body.
    ///
    /// - Parameter identity: the `X-Remote-*` headers of the user.
    /// - Returns: false if too many are on their way, of this user or in all; then `answer` stays untouched.
    func begin(_ request: WorkerRequest, identity: HTTPHeaders, _ answer: RelayedAnswer) -> Bool {
        let user = Array((identity.first(name: "X-Remote-User") ?? "").utf8)
        guard places.take(for: user) else { return false }
        let job = Job(request: outgoing(request, identity), user: user, answer: answer)
        if case .enqueued = queue.yield(job) { return true }
        places.giveBack(for: user)
        return false
    }

    /// Passes on what was taken over until `finish` is called; part of the listener's run.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                // At most as many as there are places; each ends with its answer, and so when the listener closes its connection.
                group.addTask {
                    await perform(job)
                    places.giveBack(for: job.user)
                }
            }
        }
    }

    func finish() { queue.finish() }

    /// Ends when the answer has been passed on, or as soon as nobody waits for it any more.
    private func perform(_ job: Job) async {
        await withTaskGroup(of: Void.self) { group in
            // Ends with the connection at the latest.
            group.addTask { await job.answer.isOver() }
            // Ends by `patience` or `quietLimit`, and cancelled when the answer is over; then the answer is ended, if it was not.
            group.addTask { await exchange(job) }
            await group.next()
            group.cancelAll()
        }
    }

    private func exchange(_ job: Job) async {
        do {
            try await transport.relay(job.request, timeout: Self.patience) { status, headers in
                try await job.answer.begin(status, HTTPHeaders(headers.filter { Self.answered.contains($0.name.lowercased()) }))
            } chunk: { bytes in
                try await job.answer.add(bytes)
            }
            await job.answer.end()
        } catch {
            if !Task.isCancelled {
                logger.warning("the controller's API cannot be asked", metadata: ["error": "\(transport.failure(error))"])
            }
            await job.answer.fail()
        }
    }

    // MARK: - Headers

    private static let asked: Set<String> = [
        "accept", "accept-encoding", "content-type", "content-encoding", "user-agent", "x-request-id",
    ]
    private static let answered: Set<String> = [
        "content-type", "content-encoding", "cache-control", "etag", "vary", "warning", "retry-after", "location", "audit-id",
        "x-request-id",
    ]

    /// Only headers that mean something to the API go on: none of the client's may be taken for an identity, or end a message.
    private func outgoing(_ request: WorkerRequest, _ identity: HTTPHeaders) -> HTTPTransport.Request {
        var headers = request.headers.filter {
            let name = $0.name.lowercased()
            return Self.asked.contains(name) || name.hasPrefix("impersonate-")
        }.map { (name: $0.name, value: $0.value) }
        headers += identity.filter { $0.name.lowercased().hasPrefix("x-remote-") }.map { (name: $0.name, value: $0.value) }
        if let address = request.address { headers.append((name: "X-Forwarded-For", value: "\(address)")) }
        let hasBody = ![.GET, .HEAD].contains(request.method)
        return HTTPTransport.Request(
            method: request.method.rawValue,
            url: server + request.uri.prefix { $0 != "#" },
            headers: headers,
            body: hasBody ? request.body : nil
        )
    }
}
