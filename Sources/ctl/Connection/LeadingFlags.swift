import ArgumentParser

/// Connection flags may stand before the words of the command, as with kubectl: `ctl -n openshift-config get secrets`.
enum LeadingFlags {
    /// Those whose value is the next word.
    static let taking: Set<String> = [
        "--kubeconfig", "--context", "--cluster", "--user", "--server", "-s", "--namespace", "-n", "--token",
        "--certificate-authority", "--request-timeout", "--tls-server-name", "--as", "--as-group", "--as-uid",
    ]
    private static let switches: Set<String> = ["--insecure-skip-tls-verify"]

    /// The same words, with such flags behind the words of the command, where the parser looks for them.
    static func moved(_ words: [String]) -> [String] {
        var rest = words[...]
        var command: [String] = []
        var flags: [String] = []
        var node: any ParsableCommand.Type = Ctl.self
        while true {
            // Of flags before words that are no command the parser could only complain: it shall name the words.
            guard let run = run(of: rest) else { break }
            guard let word = rest.dropFirst(run).first, let next = node.subcommand(word) else { break }
            flags += rest.prefix(run)
            command.append(word)
            rest = rest.dropFirst(run + 1)
            node = next
        }
        if command.isEmpty { return Array(rest.dropFirst(run(of: rest) ?? 0)) }
        // A group of commands without one of them shows its help.
        if rest.isEmpty, !node.configuration.subcommands.isEmpty { return command }
        // What asks no server has no use for them, and `cel eval` has a --token of its own.
        let asksNoServer = node == Explain.self || node == CELEvaluate.self
        return command + (asksNoServer ? [] : flags) + rest
    }

    /// Whether a word is such a flag with all that belongs to it.
    static func isComplete(_ word: String) -> Bool {
        switches.contains(word) || taking.contains { $0.hasPrefix("--") && word.hasPrefix("\($0)=") }
    }

    /// Those of the first words that name a command.
    static func command(in words: [String]) -> [String] {
        var command: [String] = []
        var node: any ParsableCommand.Type = Ctl.self
        for word in words {
            guard let next = node.subcommand(word) else { break }
            command.append(word)
            node = next
        }
        return command
    }

    /// How many of the first words are such flags and their values; nil when the last one's value is missing.
    private static func run(of words: ArraySlice<String>) -> Int? {
        var count = 0
        while let word = words.dropFirst(count).first {
            if taking.contains(word) {
                count += 2
                guard count <= words.count else { return nil }
            } else if isComplete(word) {
                count += 1
            } else {
                break
            }
        }
        return count
    }
}

extension ParsableCommand {
    fileprivate static func subcommand(_ word: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { command in
            command._commandName == word || command.configuration.aliases.contains(word)
        }
    }
}
