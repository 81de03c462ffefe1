import Atomics
import Crypto
import WorkerArguments

/// The bearer tokens of the servers that may ask for `TokenReview`s. Only their digests are kept, and read without a lock.
final class ReviewerTokens: Sendable {
    private final class Digests: AtomicReference, Sendable {
        let values: [SHA256Digest]
        init(_ values: [SHA256Digest]) { self.values = values }
    }

    private let digests = ManagedAtomic(Digests([]))

    /// Every one is compared, each in constant time: how long it takes tells nothing about any of them.
    func contains(_ token: Substring.UTF8View) -> Bool {
        let asked = SHA256.hash(data: Array(token))
        return digests.load(ordering: .acquiring).values.reduce(false) { found, digest in asked == digest || found }
    }

    var count: Int { digests.load(ordering: .acquiring).values.count }

    /// Takes the place of all before.
    func replace(with list: ReviewerTokenList) { store(list.tokens.map { SHA256.hash(data: Array($0)) }) }

    func removeAll() { store([]) }

    private func store(_ values: [SHA256Digest]) { digests.store(Digests(values), ordering: .releasing) }
}
