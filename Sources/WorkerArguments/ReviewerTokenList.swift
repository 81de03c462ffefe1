package import Durable

/// The text of a file of bearer tokens that may ask for `TokenReview`s: one on a line; empty lines and those that begin with `#` say
/// nothing.
package struct ReviewerTokenList: Sendable {
    /// Shorter ones can be guessed.
    private static let shortest = 16
    private static let longest = 4096
    private static let maximumCount = 64
    private static let largestFile = 256 << 10

    /// Why a text is no list of tokens; it never has one of them.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let line: Int
        package let why: String

        package init(line: Int, why: String) {
            (self.line, self.why) = (line, why)
        }

        package var description: String { "line \(line): \(why)" }
    }

    package let text: [UInt8]
    package let tokens: [ArraySlice<UInt8>]

    package init(_ text: [UInt8]) throws(Problem) {
        self.text = text
        var found: [ArraySlice<UInt8>] = []
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var token = line.drop { Self.isBlank($0) }
            while let last = token.last, Self.isBlank(last) { token.removeLast() }
            guard let first = token.first, first != UInt8(ascii: "#") else { continue }
            // What RFC 6750 lets a bearer token be made of; anything else could not be sent as one.
            guard token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw Problem(line: index + 1, why: "a token has a blank or a sign that no header carries")
            }
            guard (Self.shortest...Self.longest).contains(token.count) else {
                throw Problem(
                    line: index + 1,
                    why: "a token must have \(Self.shortest) to \(Self.longest) bytes"
                )
            }
            guard found.count < Self.maximumCount else {
                throw Problem(line: index + 1, why: "more than \(Self.maximumCount) tokens")
            }
            found.append(token)
        }
        tokens = found
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// What a file holds now, tokens or not.
    package static func read(_ path: String) throws(BoundedFile.Problem) -> [UInt8] {
        try BoundedFile(path: path, limit: largestFile).read()
    }

    /// A list to begin with: whoever was asked for tokens must not start without any.
    package static func load(_ path: String) throws(BoundedFile.Problem) -> ReviewerTokenList {
        let text = try read(path)
        let list: ReviewerTokenList
        do throws(Problem) {
            list = try ReviewerTokenList(text)
        } catch {
            throw BoundedFile.Problem(path: path, why: "\(error)")
        }
        guard !list.tokens.isEmpty else { throw BoundedFile.Problem(path: path, why: "it holds no token") }
        return list
    }
}
