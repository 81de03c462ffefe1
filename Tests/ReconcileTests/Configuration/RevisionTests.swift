import JSON
import Schema
import Snapshot
import Testing

@testable import Reconcile

struct ChangeCauseTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var own: String?
        var before: JSONValue? = [:]
        var after: JSONValue = [:]
        var contentBefore = WorkerSnapshot(revision: 1, mode: .none)
        var contentAfter = WorkerSnapshot(revision: 0, mode: .none)
        var forced: String?
        let words: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "the first", before: nil, words: "first revision"),
        Case(name: "own words", own: "we moved", after: ["type": "None"], words: "we moved"),
        Case(name: "empty own words", own: "", after: ["type": "None"], words: "spec.type added"),
        Case(
            name: "type and providers",
            before: ["type": "OIDC", "oidcProviders": []],
            after: ["type": ""],
            words: "spec.oidcProviders removed, spec.type changed"
        ),
        Case(
            name: "deep in a provider",
            before: Specs.oidc(),
            after: Specs.oidc(audience: "other"),
            words: "spec.oidcProviders[0].issuer.audiences changed"
        ),
        Case(
            name: "many fields are counted",
            before: [:],
            after: ["a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1],
            words: "spec.a added, spec.b added, spec.c added, spec.d added, spec.e added and 2 more"
        ),
        Case(
            name: "the CA of a provider",
            contentBefore: content(authority: "old"),
            contentAfter: content(authority: "new"),
            words: "certificate authority of provider \"keycloak\" changed"
        ),
        Case(
            name: "the static keys of a provider",
            contentBefore: content(authority: "same", staticKeys: "old"),
            contentAfter: content(authority: "same", staticKeys: "new"),
            words: "static keys of provider \"keycloak\" changed"
        ),
        Case(
            name: "the OAuth server's document",
            contentAfter: WorkerSnapshot(revision: 0, mode: .none, oauthMetadata: "{}"),
            words: "OAuth metadata changed"
        ),
        Case(name: "forced", forced: "rotate", words: "forced: rotate"),
    ]

    @Test(arguments: cases)
    func says(_ c: Case) {
        let words = ChangeCause.words(
            own: c.own,
            spec: c.after,
            previousSpec: c.before,
            content: c.contentAfter,
            previousContent: c.contentBefore,
            forced: c.forced
        )
        #expect(words == c.words)
    }

    private static func content(authority: String, staticKeys: String? = nil) -> WorkerSnapshot {
        WorkerSnapshot(
            revision: 0,
            mode: .oidc,
            issuers: [
                Issuer(
                    name: "keycloak",
                    issuerURL: "https://idp.test",
                    audiences: ["a"],
                    certificateAuthority: authority,
                    claimMappings: ClaimMappings(username: .claim("sub", prefix: "")),
                    staticKeys: staticKeys
                )
            ]
        )
    }
}

struct RevisionHistoryTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var latest: Int64 = 12
        var good: Int64 = 12
        let statuses: [NodeStatus]
        var revertTo: Int64 = 0
        var succeeded: Int?
        var failed: Int?
        let kept: [Int64]
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "all at the latest: five", statuses: [.at("a", 12), .at("b", 12)], kept: [8, 9, 10, 11, 12]),
        Case(name: "three by limit", statuses: [.at("a", 12)], succeeded: 3, kept: [10, 11, 12]),
        Case(name: "zero means five", statuses: [.at("a", 12)], succeeded: 0, kept: [8, 9, 10, 11, 12]),
        Case(name: "all by limit", statuses: [.at("a", 12)], succeeded: -1, kept: Array(1...12)),
        Case(
            name: "what a worker still runs, and before it",
            statuses: [.at("a", 12), .at("b", 4)],
            succeeded: 2,
            failed: 2,
            kept: [3, 4, 11, 12]
        ),
        Case(
            name: "a failed revision and some before it",
            good: 7,
            statuses: [.at("a", 7).failed(9)],
            succeeded: 1,
            failed: 2,
            kept: [7, 8, 9, 11, 12]
        ),
        Case(
            name: "everything while one fails, by limit",
            good: 7,
            statuses: [.at("a", 7).failed(12)],
            failed: -1,
            kept: Array(1...12)
        ),
        Case(name: "the good one to return to", good: 3, statuses: [.at("a", 12)], succeeded: 1, failed: 1, kept: [3, 12]),
        Case(
            name: "what comes back if nobody confirms the newest",
            statuses: [.at("a", 12)],
            revertTo: 2,
            succeeded: 1,
            failed: 1,
            kept: [2, 12]
        ),
        Case(
            name: "what a worker goes to, and the larger number before it",
            statuses: [.at("a", 12), .at("b", 12).going(to: 9)],
            succeeded: 1,
            failed: 2,
            kept: [8, 9, 12]
        ),
        Case(
            name: "a failed limit of -1 means little once all are there",
            statuses: [.at("a", 12)],
            failed: -1,
            kept: [8, 9, 10, 11, 12]
        ),
        Case(name: "an absurd limit", statuses: [.at("a", 12)], succeeded: .max, failed: .max, kept: Array(1...12)),
    ]

    @Test(arguments: cases)
    func keeps(_ c: Case) {
        let history = RevisionHistory(
            latestRevision: c.latest,
            lastGoodRevision: c.good,
            statuses: c.statuses,
            revertTo: c.revertTo,
            succeededLimit: c.succeeded,
            failedLimit: c.failed
        )
        let expired = history.expired(among: Array(1...12))
        #expect(Set(1...12).subtracting(expired).sorted() == c.kept)
    }
}
