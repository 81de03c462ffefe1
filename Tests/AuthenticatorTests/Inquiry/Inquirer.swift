import JSON
import Snapshot

@testable import Authenticator

/// Judges a token and answers what is asked from a table, as a worker would; keeps what was asked, round by round.
struct Inquirer {
    let bench: Bench
    var answer: (Question) -> Answer = { _ in .none("a test") }
    private(set) var rounds: [[Question]] = []

    init(_ bench: Bench, answer: @escaping (Question) -> Answer) {
        self.bench = bench
        self.answer = answer
    }

    mutating func judge(_ token: TestToken, now: Int64 = Bench.now) throws -> Decision {
        try judge(try token.signed(by: bench.keys.fitting(token.header["alg"]?.stringValue ?? "")), now: now)
    }

    mutating func judge(_ token: String, now: Int64 = Bench.now) throws -> Decision {
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot))
        let keySets = bench.keySets
        var verdict = authenticator.consider(
            Array(token.utf8),
            keys: { keySets[$0] },
            opaqueTokens: OpaqueTable(tokens: bench.opaqueTokens),
            now: now
        )
        while case .pending(let pending) = verdict {
            rounds.append(pending.questions)
            let answers = Dictionary(pending.questions.map { ($0, answer($0)) }) { first, _ in first }
            verdict = pending.resume(answers, keys: { keySets[$0] }, now: now)
        }
        return verdict.withoutAsking
    }
}
