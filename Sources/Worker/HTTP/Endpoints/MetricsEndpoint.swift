import Atomics
import Authenticator
import Foundation
import JSON
import NIOHTTP1
import NIOPosix
import Snapshot

/// `/metrics` for Prometheus: under Kubernetes' names where it has them.
///
/// The text is made on a thread of its own: with thousands of providers it is long, and requests about tokens must not wait for it.
struct MetricsEndpoint: Sendable {
    private static let maximumAtOnce = 4

    let live: LiveState
    let counters: DecisionCounters
    let times: JudgementTimes
    /// How many records of decisions were dropped, for they could not be written fast enough.
    var droppedRecords: @Sendable () -> Int64 = { 0 }
    var connections: @Sendable () -> Int = { 0 }
    /// When the keys of an issuer could last not be fetched, in seconds since 1970; nil: that never happened.
    var lastKeyFailure: @Sendable (Issuer) -> Int64? = { _ in nil }
    /// What other parts of the worker count, in the same format.
    var otherMetrics: @Sendable () -> String = { "" }
    private let atOnce = ManagedAtomic(0)

    init(live: LiveState, counters: DecisionCounters, times: JudgementTimes) {
        (self.live, self.counters, self.times) = (live, counters, times)
    }

    func answer() -> WorkerReply {
        guard atOnce.wrappingIncrementThenLoad(ordering: .relaxed) <= Self.maximumAtOnce else {
            atOnce.wrappingDecrement(ordering: .relaxed)
            return .now(.failure(.serviceUnavailable, "ServiceUnavailable", "too many ask for metrics at once"))
        }
        return .later { complete in
            NIOThreadPool.singleton.submit { _ in
                defer { atOnce.wrappingDecrement(ordering: .relaxed) }
                complete(.text(text(), contentType: "text/plain; version=0.0.4; charset=utf-8"))
            }
        }
    }

    func text() -> String {
        let state = live.load()
        var text = MetricsText()
        addDecisions(to: &text)
        addWorker(state, to: &text)
        addProviders(state, to: &text)
        addTimes(state, to: &text)
        addKeyFetches(state, to: &text)
        addCache(state, to: &text)
        Self.addProcess(to: &text)
        return text.text + otherMetrics()
    }

    private func addDecisions(to text: inout MetricsText) {
        text.begin("postern_decisions_total", .counter, "Decisions about tokens, at this revision and the one before.")
        for (labels, count) in counters.all {
            text.add(
                count,
                [
                    "result": labels.result.rawValue, "reason": labels.reason?.rawValue ?? "",
                    "provider": labels.provider.text, "revision": "\(labels.revision)",
                ]
            )
        }
    }

    private func addWorker(_ state: WorkerState, to text: inout MetricsText) {
        text.begin("postern_build_info", .gauge, "The version of this program.")
        text.add(1, ["version": HealthEndpoint.programVersion])
        text.begin("postern_revision", .gauge, "The revision that tokens are judged by; 0: none yet.")
        text.add(state.revision)
        text.begin("postern_ready", .gauge, "Whether tokens can be judged.")
        text.add(state.problems.isEmpty ? 1 : 0)
        text.begin("postern_connections", .gauge, "Open connections.")
        text.add(connections())
        text.begin(
            "postern_decision_log_dropped_total",
            .counter,
            "Decisions that are not in the log, for it could not keep up."
        )
        text.add(droppedRecords())
    }

    private func addProviders(_ state: WorkerState, to text: inout MetricsText) {
        let issuers = state.snapshot?.issuers ?? []
        text.begin("postern_provider_keys", .gauge, "Usable keys of a provider.")
        for issuer in issuers { text.add(state.keys[issuer.issuerURL]?.set.keys.count ?? 0, ["provider": issuer.name]) }
        text.begin("postern_provider_unusable_keys", .gauge, "Keys of a provider that no token can be verified with.")
        for issuer in issuers { text.add(state.keys[issuer.issuerURL]?.set.unusable.count ?? 0, ["provider": issuer.name]) }
    }

    // MARK: - Under Kubernetes' names

    private static let jwt = "apiserver_authentication_jwt_authenticator"

    private func addTimes(_ state: WorkerState, to text: inout MetricsText) {
        text.begin("\(Self.jwt)_latency_seconds", .histogram, "Time to judge a token that was not known already.")
        for issuer in state.snapshot?.issuers ?? [] {
            for (result, isSuccess) in [("success", true), ("failure", false)] {
                guard let histogram = times.histogram(provider: issuer.name, isSuccess: isSuccess) else { continue }
                text.add(histogram, [("result", result), ("jwt_issuer_hash", Self.hash(issuer.issuerURL))])
            }
        }
    }

    private func addKeyFetches(_ state: WorkerState, to text: inout MetricsText) {
        let issuers = (state.snapshot?.issuers ?? []).filter { $0.staticKeys == nil }
        text.begin("\(Self.jwt)_jwks_fetch_last_timestamp_seconds", .gauge, "When the keys were last fetched, or could not be.")
        for issuer in issuers {
            let hash = Self.hash(issuer.issuerURL)
            if let time = state.keys[issuer.issuerURL]?.seed?.fetchedAt, time > 0 {
                text.add(time, ["result": "success", "jwt_issuer_hash": hash])
            }
            if let time = lastKeyFailure(issuer) { text.add(time, ["result": "failure", "jwt_issuer_hash": hash]) }
        }
        text.begin("\(Self.jwt)_jwks_fetch_last_key_set_info", .gauge, "The content of the key set that is used.")
        for issuer in issuers {
            guard let jwks = state.keys[issuer.issuerURL]?.seed?.jwks else { continue }
            text.add(1, ["jwt_issuer_hash": Self.hash(issuer.issuerURL), "hash": Self.hash(jwks)])
        }
    }

    private func addCache(_ state: WorkerState, to text: inout MetricsText) {
        let (hits, misses) = (counters.hits.load(ordering: .relaxed), counters.misses.load(ordering: .relaxed))
        text.begin("authentication_token_cache_request_total", .counter, "Tokens looked for among the verified ones.")
        text.add(hits, ["status": "hit"])
        text.add(misses, ["status": "miss"])
        text.begin("postern_verified_tokens", .gauge, "Tokens that need not be verified again.")
        text.add(state.verified.count)
    }

    private static func addProcess(to text: inout MetricsText) {
        guard let figures = ProcessFigures() else { return }
        text.begin("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
        text.add(figures.cpuSeconds)
        text.begin("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
        text.add(figures.residentBytes)
        text.begin("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
        text.add(figures.virtualBytes)
        text.begin("process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.")
        text.add(figures.startTime)
        text.begin("process_open_fds", .gauge, "Number of open file descriptors.")
        text.add(figures.openFiles)
        text.begin("process_max_fds", .gauge, "Maximum number of open file descriptors.")
        text.add(figures.maximumFiles)
    }

    private static func hash(_ text: String) -> String { HexDigest.prefixedSHA256(of: text.utf8) }
}
