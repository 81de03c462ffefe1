import JSON
import Schema

/// What the logins of the last five minutes show, on all workers together, at the revisions that run now.
struct LoginEvidence {
    /// Of fewer tokens nothing is concluded.
    static let least: Int64 = 10

    let accepted: Int64
    let others: Int64
    /// The most frequent refusal codes first.
    let reasons: [(code: String, count: Int64)]
    /// When a token was last accepted, at these revisions or those before, in seconds since 1970; nil: it is not known that any was.
    let lastAccepted: Int64?
    /// Providers of whose tokens none was accepted, though there were some; in order.
    let failing: [String]

    init(of nodes: [WorkerNode]) {
        let records = nodes.flatMap { node in node.logins.filter { $0.revision == node.running } }
        let tally = records.tally
        (accepted, others) = (tally.accepted, tally.total - tally.accepted)
        lastAccepted = nodes.flatMap(\.logins).compactMap(\.lastAccepted).max()
        let counts = Dictionary(records.flatMap(\.reasons).map { ($0.reason, $0.count) }) {
            $0.addingReportingOverflow($1).partialValue
        }
        reasons = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3).map { ($0.key, $0.value) }
        let byProvider = Dictionary(grouping: records.filter { !$0.provider.isEmpty }, by: \.provider)
        failing =
            byProvider.filter { _, records in
                let tally = records.tally
                return tally.accepted == 0 && tally.total >= Self.least
            }
            .keys.sorted()
    }

    /// A sentence without a full stop. Times are absolute: the sentence is read long after it was written.
    var sentence: String {
        guard let lastAccepted else {
            return others == 0 ? "nobody has logged in lately" : "no login has succeeded lately, \(others) were refused\(codes)"
        }
        return
            "last successful login at \(Timestamp.text(of: lastAccepted)); at what runs now, \(accepted) accepted and \(others) refused in 5 minutes\(codes)"
    }

    private var codes: String {
        reasons.isEmpty ? "" : ": " + reasons.map { "\($0.code) \($0.count)" }.joined(separator: ", ")
    }
}
