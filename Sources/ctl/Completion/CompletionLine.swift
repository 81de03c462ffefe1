import ArgumentParser

/// What stands on the command line before the word that is to be completed.
struct CompletionLine {
    /// Flags of which the next word is the value; the connection's are told by `LeadingFlags`.
    private static let taking: Set<String> = [
        "-o", "--output", "-l", "--selector", "--field-selector", "--sort-by", "-f", "--filename", "-L", "--label-columns",
        "--for",
        "--timeout", "--type", "-p", "--patch", "--patch-file", "--subresource", "--dry-run", "--field-manager",
    ]

    /// The words that belong to no flag, without those of the command.
    let arguments: [String]
    let connection: ConnectionOptions

    /// - Parameters:
    ///   - words: the whole line, with the program's name.
    ///   - index: of the word that is to be completed.
    init(_ words: [String], index: Int) async throws {
        var rest = words.prefix(max(0, index)).dropFirst()
        var arguments: [String] = []
        var flags: [String] = []
        while let word = rest.popFirst() {
            if LeadingFlags.taking.contains(word) {
                // The value may be what is being completed.
                if let value = rest.popFirst() { flags += [word, value] }
            } else if LeadingFlags.isComplete(word) {
                flags.append(word)
            } else if Self.taking.contains(word) {
                rest = rest.dropFirst()
            } else if !word.hasPrefix("-") {
                arguments.append(word)
            }
        }
        self.arguments = Array(arguments.dropFirst(LeadingFlags.command(in: arguments).count))
        connection = try await Flags.asyncParse(flags).connection
    }

    /// The connection's flags by themselves. A command, because the parser takes completions that wait of nothing else.
    private struct Flags: AsyncParsableCommand {
        @OptionGroup var connection: ConnectionOptions
    }
}
