import Atomics
import Crypto

/// The bearer tokens of the servers that may ask for `TokenReview`s. Only their digests are kept, and read without a lock.
final class ReviewerTokens: Sendable {
    /// Shorter ones can be guessed.
    static let shortest = 16
    static let longest = 4096
    static let maximumCount = 64

    /// Why a text is no list of tokens; it never has one of them.
    struct Problem: Error, Hashable, CustomStringConvertible {
        let line: Int
        let why: String
        var description: String { "line \(line): \(why)" }
    }

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

    /// Takes the place of all before: one token on a line; empty lines and those that begin with `#` say nothing.
    func replace(with text: [UInt8]) throws(Problem) { store(try Self.tokens(text)) }

    func removeAll() { store([]) }

    private func store(_ values: [SHA256Digest]) { digests.store(Digests(values), ordering: .releasing) }

    private static func tokens(_ text: [UInt8]) throws(Problem) -> [SHA256Digest] {
        var found: [SHA256Digest] = []
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var token = line.drop { isBlank($0) }
            while let last = token.last, isBlank(last) { token.removeLast() }
            guard let first = token.first, first != UInt8(ascii: "#") else { continue }
            // What RFC 6750 lets a bearer token be made of; anything else could not be sent as one.
            guard token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw Problem(line: index + 1, why: "a token has a blank or a sign that no header carries")
            }
            guard (shortest...longest).contains(token.count) else {
                throw Problem(line: index + 1, why: "a token has \(token.count) bytes instead of \(shortest) to \(longest)")
            }
            guard found.count < maximumCount else { throw Problem(line: index + 1, why: "more than \(maximumCount) tokens") }
            found.append(SHA256.hash(data: Array(token)))
        }
        return found
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
