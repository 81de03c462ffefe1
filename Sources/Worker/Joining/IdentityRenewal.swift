import Certificates
import Client
import Logging
import NIOSSL
import ServiceLifecycle

/// Renews the certificates of a worker that joined from another host, long before they end, without dropping a connection.
struct IdentityRenewal: Service {
    /// What is on its way with the earlier certificate may take so long: no watch lasts longer.
    private static let grace = Duration.seconds(360)
    private static let mostRetired = 8
    private static let (shortestPause, longestPause) = (Duration.seconds(1), Duration.seconds(300))

    let folder: String
    let identity: JoinedIdentity
    let joining: Joining
    let client: ControllerClient
    let relay: HTTPTransport
    let serving: ServingContext
    let standing: WorkerStanding
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let logger: Logger

    func run() async throws {
        var identity = identity
        var retired: [(connections: RetiredConnections, until: ContinuousClock.Instant)] = []
        var pause = Self.shortestPause
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if now() >= identity.renewAt || (standing.isDisowned && joining.tokenFile != nil) {
                do {
                    let next = try await next(after: identity)
                    // What cannot be used is found out before anything is swapped.
                    let context = try next.servingContext()
                    try next.save(in: folder)
                    let until = ContinuousClock.now + Self.grace
                    retired.append((try client.renew(next.credential), until))
                    retired.append((try relay.renew(next.credential), until))
                    serving.replace(with: context)
                    identity = next
                    pause = Self.shortestPause
                    logger.info("certificates renewed", metadata: ["worker": "\(identity.name)"])
                } catch {
                    if Task.isShuttingDownGracefully || Task.isCancelled { break }
                    tell(error, identity)
                    await sleep(pause)
                    pause = min(pause * 2, Self.longestPause)
                    continue
                }
            }
            while let first = retired.first, first.until <= .now || retired.count > Self.mostRetired {
                await first.connections.shutdown()
                retired.removeFirst()
            }
            // In pieces, by the clock that the certificate goes by.
            await sleep(.seconds(min(max(identity.renewAt - now(), 1), 10)))
        }
        for (connections, _) in retired { await connections.shutdown() }
    }

    /// By the certificates that there are; where these count no more, by a token, if there is one.
    private func next(after identity: JoinedIdentity) async throws -> JoinedIdentity {
        do {
            return try await renewed(identity)
        } catch {
            guard joining.tokenFile != nil, now() >= identity.expiresAt || (error as? APIFailure)?.code == 401 else {
                throw error
            }
            logger.notice("joining anew with the token", metadata: ["worker": "\(identity.name)"])
            return try await cancelWhenGracefulShutdown { try await joining.replacement(of: identity) }
        }
    }

    private func renewed(_ identity: JoinedIdentity) async throws -> JoinedIdentity {
        try await cancelWhenGracefulShutdown {
            try await CertificateAsking(client: client, now: now).identity(
                of: identity.name,
                try KeyAndRequest.make(commonName: identity.name),
                hosts: [],
                authorityPEM: identity.certificateAuthority
            )
        }
    }

    private func tell(_ error: any Error, _ identity: JoinedIdentity) {
        let hasEnded = now() >= identity.expiresAt
        logger.log(
            level: hasEnded ? .error : .warning,
            hasEnded
                ? "the certificate has ended: let the worker join again with --join-token-file (ctl worker token --name \(identity.name))"
                : "the certificate cannot be renewed yet; trying again",
            metadata: ["worker": "\(identity.name)", "error": "\(error)"]
        )
    }

    /// Ends early only when the group shuts down.
    private func sleep(_ pause: Duration) async { try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) } }
}
