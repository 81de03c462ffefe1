import Authenticator
import Durable
import Foundation
import JSON
import Logging
import ServiceLifecycle
import Snapshot
import Synchronization

/// Takes over changes of the configuration file while the worker runs. What is bad changes nothing.
///
/// The content is looked at, not the file's times: it works alike for editors, links and mounted volumes.
struct ConfigurationWatch: Service {
    /// How long things take; tests are in a hurry.
    struct Pace: Sendable {
        var look = Duration.seconds(1)
        /// All issuers of a new configuration must give their keys within this time.
        var patience = Duration.seconds(60)
        var retry = Duration.seconds(2)
    }

    let file: BoundedFile
    /// The content that is in force at the start.
    let initial: [UInt8]
    let allowsReservedNames: Bool
    let live: LiveState
    let gathering: KeyGathering
    let metrics: ReloadMetrics
    var pace = Pace()
    let logger: Logger

    func run() async throws {
        var seen = SeenConfigurations(live: initial)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pace.look) }
            seen = await look(seen)
        }
    }

    private func look(_ before: SeenConfigurations) async -> SeenConfigurations {
        var seen = before
        let bytes: [UInt8]
        do throws(BoundedFile.Problem) {
            bytes = try file.read()
        } catch {
            if seen.isNewComplaint("\(error)") { fail("the configuration file cannot be read", "\(error)") }
            return seen
        }
        guard seen.isNews(bytes) else { return seen }
        let next: LoadedConfiguration
        do throws(LoadedConfiguration.Refusal) {
            next = try LoadedConfiguration(
                bytes,
                source: file.path,
                revision: seen.revision + 1,
                allowsReservedNames: allowsReservedNames
            )
        } catch {
            seen.refuse(bytes)
            fail("the configuration file is bad", error.description)
            return seen
        }
        switch await keys(for: next, of: bytes) {
        case .all(let keys):
            live.update { $0.with(TokenAuthenticator(next.compiled), keys: keys) }
            seen.adopt(bytes)
            metrics.succeeded(hash: next.hash, now: Date().timeIntervalSince1970)
            logger.notice("the new configuration is live", metadata: ["revision": "\(seen.revision)"])
            for notice in next.notices { logger.notice("\(notice)") }
        case .missing(let reasons):
            fail("issuers of the new configuration give no keys; it will be tried again", reasons.joined(separator: "; "))
        case .overtaken: break
        }
        return seen
    }

    private func fail(_ what: String, _ why: String) {
        metrics.failed(now: Date().timeIntervalSince1970)
        logger.error("\(what); the configuration before stays in force", metadata: ["file": "\(file.path)", "error": "\(why)"])
    }

    // MARK: - Keys

    private enum Gathered {
        case all(IssuerTable<IssuerKeys>)
        /// The time is over.
        case missing([String])
        /// The file has changed again, or the worker stops.
        case overtaken
    }

    private enum Step: Sendable {
        case fetched(Issuer, IssuerKeys)
        case timeIsOver, overtaken
    }

    private func keys(for next: LoadedConfiguration, of bytes: [UInt8]) async -> Gathered {
        let present = KeyGathering.Present(live.load())
        var keys = IssuerTable<IssuerKeys>()
        var missing: [Issuer] = []
        for issuer in next.issuers {
            // A file has no static keys, so there is nothing to complain about; old keys are fetched before the change.
            if case .keys(let known)? = try? gathering.known(issuer, in: present) {
                keys[issuer.issuerURL] = known
            } else {
                missing.append(issuer)
            }
        }
        if missing.isEmpty { return .all(keys) }
        let failures = LastFailures()
        return await withTaskGroup(of: Step.self) { [missing, keys] group in
            for issuer in missing { group.addTask { await fetched(issuer, failures) } }
            group.addTask { await waited(while: bytes) }
            var (keys, left) = (keys, missing.count)
            for await step in group {
                switch step {
                case .fetched(let issuer, let found):
                    keys[issuer.issuerURL] = found
                    left -= 1
                    guard left == 0 else { continue }
                    group.cancelAll()
                    return .all(keys)
                case .timeIsOver:
                    group.cancelAll()
                    return .missing(failures.texts)
                case .overtaken:
                    group.cancelAll()
                    return .overtaken
                }
            }
            return .overtaken
        }
    }

    /// Tries until it has the keys, or nobody waits for them any longer.
    private func fetched(_ issuer: Issuer, _ failures: LastFailures) async -> Step {
        while !Task.isCancelled {
            do {
                return .fetched(issuer, try await gathering.fetched(issuer))
            } catch {
                if !Task.isCancelled { failures.note(issuer, "\(error)") }
            }
            // Ends early only when it is cancelled.
            try? await Task.sleep(for: pace.retry)
        }
        return .overtaken
    }

    /// Returns when it makes no sense to wait for keys any longer.
    private func waited(while bytes: [UInt8]) async -> Step {
        let end = ContinuousClock.now + pace.patience
        while ContinuousClock.now < end {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pace.look) }
            if Task.isCancelled || Task.isShuttingDownGracefully { return .overtaken }
            // A file that cannot be read at this moment is no other content yet.
            if let now = try? file.read(), now != bytes { return .overtaken }
        }
        return .timeIsOver
    }
}

/// Why each issuer gave no keys when it was asked last.
private final class LastFailures: Sendable {
    private let failures = Mutex<[ExactString: String]>([:])

    func note(_ issuer: Issuer, _ why: String) { failures.withLock { $0[ExactString(issuer.issuerURL)] = why } }

    var texts: [String] { failures.withLock { $0 }.map { "\($0.key): \($0.value)" }.sorted() }
}
