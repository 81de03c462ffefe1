import Authenticator
import JSON
import Schema
import Snapshot
import Testing

@testable import Reconcile
@testable import Worker

/// `Serving` and the judge itself, in all small states: it is true exactly when every valid token is accepted by every worker that answers.
///
/// The condition knows only the Nodes that the workers would write; the judge has the workers' own state.
struct ServingInvariantTests {
    /// What one worker is and knows, and what comes of it.
    private struct Situation {
        let name: String
        /// As its Node says.
        let node: WorkerNode
        /// It answers callers.
        let isReady: Bool
        /// Of `tokens`, by their places.
        let accepted: Set<Int>
    }

    private enum Liveness: CaseIterable {
        case answers
        /// Nothing was heard of it for too long.
        case silent
        case ended
    }

    private static let now = TestProvider.now
    private static let others = "https://other.example"
    private let idp = TestProvider()
    private let other = TestProvider()
    private let opaque = ["sha256~issued-long-ago", "sha256~issued-just-now"]
    /// Good tokens of all configurations, and the revisions that call them good.
    private let tokens: [(text: String, revisions: Set<Int64>)]
    private let snapshots: [Int64: WorkerSnapshot]

    init() throws {
        func issuer(_ name: String, _ url: String, _ audience: String) -> Issuer {
            Issuer(
                name: name,
                issuerURL: url,
                audiences: [audience],
                claimMappings: ClaimMappings(username: .claim("name", prefix: ""))
            )
        }
        let url = TestProvider.issuerURL
        snapshots = [
            8: WorkerSnapshot(revision: 8, mode: .oidc, issuers: [issuer("idp", url, "a")]),
            9: WorkerSnapshot(revision: 9, mode: .oidc, issuers: [issuer("idp", url, "b")]),
            // The same as 8 once more, as after a restart.
            10: WorkerSnapshot(revision: 10, mode: .oidc, issuers: [issuer("idp", url, "a")]),
            11: WorkerSnapshot(revision: 11, mode: .integratedOAuth),
            12: WorkerSnapshot(revision: 12, mode: .none),
            13: WorkerSnapshot(
                revision: 13,
                mode: .oidc,
                issuers: [issuer("idp", url, "c"), issuer("other", Self.others, "c")]
            ),
        ]
        tokens = [
            (try idp.token { $0["aud"] = "a" }, [8, 10]), (try idp.token { $0["aud"] = "b" }, [9]),
            (try idp.token { $0["aud"] = "c" }, [13]),
            (
                try other.token {
                    $0["aud"] = "c"
                    $0["iss"] = .string(Self.others)
                }, [13]
            ),
            (opaque[0], [11]), (opaque[1], [11]),
        ]
    }

    // MARK: - Workers

    private func situations() throws -> [Situation] {
        var all = [try situation("nothing yet", WorkerState())]
        let known = ["idp": (TestProvider.issuerURL, idp), "other": (Self.others, other)]
        for (revision, snapshot) in snapshots.sorted(by: { $0.key < $1.key }) {
            let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(snapshot))
            switch snapshot.mode {
            case .oidc:
                for names in subsets(of: snapshot.issuers.map(\.name)) {
                    var keys = IssuerTable<IssuerKeys>()
                    for name in names {
                        guard let (url, provider) = known[name] else { continue }
                        keys[url] = IssuerKeys(set: try KeySet.parse(provider.jwks), seed: nil)
                    }
                    let state = WorkerState(authenticator: authenticator, keys: keys)
                    all.append(try situation("revision \(revision) with keys of \(names)", state))
                }
            case .integratedOAuth:
                for (name, table) in tables {
                    let state = WorkerState(authenticator: authenticator, opaqueTokens: table)
                    all.append(try situation("revision \(revision), \(name)", state))
                }
            case .none: all.append(try situation("revision \(revision)", WorkerState(authenticator: authenticator)))
            }
        }
        return all
    }

    private func situation(_ name: String, _ state: WorkerState) throws -> Situation {
        let document = NodeStatusDocument(
            host: "::1",
            pid: 1,
            startedAt: Self.now,
            counters: DecisionCounters(),
            standing: WorkerStanding()
        )
        .document(
            port: 1,
            state: state,
            observedTargetGeneration: 0,
            failure: nil,
            providers: (state.snapshot?.issuers ?? []).map {
                ProviderStatus.value(of: $0, keys: state.keys[$0.issuerURL], lastFailure: nil)
            },
            judgingSince: Self.now,
            logins: [],
            claimShapes: [],
            now: Self.now,
            lastTransition: Self.now - 100
        )
        let node: JSONValue = ["metadata": ["name": "w"], "status": document]
        let accepted = tokens.indices.filter { index in
            state.judge(Array(tokens[index].text.utf8), now: Self.now)?.identity != nil
        }
        return Situation(
            name: name,
            node: WorkerNode(try node.decoded(as: Node.self)),
            isReady: state.problems.isEmpty,
            accepted: Set(accepted)
        )
    }

    /// The tokens of the built-in OAuth server as a worker may know them.
    private var tables: [(String, OpaqueTokenTable)] {
        func table(_ tokens: [String], isComplete: Bool) -> OpaqueTokenTable {
            var table = OpaqueTokenTable()
            table.apply(["kind": "User", "metadata": ["name": "bob", "uid": "u-1"]], isDeleted: false)
            for token in tokens {
                let name = JSONValue.string(TokenAuthenticator.objectName(ofOpaque: Array(token.utf8)))
                let object: JSONValue = [
                    "kind": "OAuthAccessToken", "metadata": ["name": name], "userName": "bob", "userUID": "u-1",
                ]
                table.apply(object, isDeleted: false)
            }
            table.isComplete = isComplete
            return table
        }
        return [
            ("all tokens", table(opaque, isComplete: true)),
            ("those from disk", table([opaque[0]], isComplete: false)),
            ("no token", table([], isComplete: false)),
        ]
    }

    private func subsets(of names: [String]) -> [[String]] {
        names.reduce([[]]) { subsets, name in subsets + subsets.map { $0 + [name] } }
    }

    private static func changed(_ situation: Situation, _ liveness: Liveness) -> Situation {
        var node = situation.node
        switch liveness {
        case .answers: return situation
        case .silent: node.heartbeatAt = now - WorkerNode.heartbeatLimit - 1
        case .ended: node.isReady = false
        }
        return Situation(name: "\(situation.name), \(liveness)", node: node, isReady: false, accepted: situation.accepted)
    }

    // MARK: - The promise

    /// Returns the states in which it is broken, and how often all valid tokens were accepted.
    private func check(_ fleets: some Sequence<[Situation]>) throws -> (broken: [String], served: Int) {
        let contents = try snapshots.mapValues { RevisionContent(digest: try $0.contentDigest(), hasReviewer: false) }
        var (broken, served): ([String], Int) = ([], 0)
        for fleet in fleets {
            for wanted in snapshots.keys {
                let valid = tokens.indices.filter { tokens[$0].revisions.contains(wanted) }
                let ready = fleet.filter(\.isReady)
                let isServed =
                    !ready.isEmpty && !valid.isEmpty && ready.allSatisfy { worker in worker.accepted.isSuperset(of: valid) }
                served += isServed ? 1 : 0
                let condition = ServingCondition(state: Self.state(fleet, wanted), contents: contents).condition
                guard (condition.status == .true) != isServed else { continue }
                let workers = fleet.map(\.name).joined(separator: " | ")
                broken.append("revision \(wanted) is wanted, \(workers): \(condition.status) \(condition.message ?? "")")
            }
        }
        return (broken, served)
    }

    private static func state(_ fleet: [Situation], _ wanted: Int64) -> RolloutState {
        let nodes = fleet.enumerated().map { index, situation in
            var node = situation.node
            node.name = "w\(index)"
            return node
        }
        return RolloutState(latestRevision: wanted, lastGoodRevision: wanted, nodes: nodes, now: now)
    }

    @Test func isTrueExactlyWhenValidTokensAreAcceptedByTwoWorkersInAnyState() throws {
        let all = try situations().flatMap { situation in Liveness.allCases.map { Self.changed(situation, $0) } }
        let (broken, served) = try check(all.flatMap { first in all.map { [first, $0] } })
        #expect(broken.isEmpty, "\(broken.count), such as \(broken.prefix(3))")
        #expect(served > 0)
    }

    @Test func isTrueExactlyWhenValidTokensAreAcceptedByThreeWorkersThatAnswer() throws {
        let all = try situations()
        let (broken, served) = try check(all.flatMap { a in all.flatMap { b in all.map { c in [a, b, c] } } })
        #expect(broken.isEmpty, "\(broken.count), such as \(broken.prefix(3))")
        #expect(served > 0)
    }

    @Test func isNeverTrueOfNobody() throws {
        let (broken, served) = try check([[]])
        #expect(broken.isEmpty && served == 0)
    }
}
