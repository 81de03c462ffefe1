import ArgumentParser

/// What a roll-out is of, as kubectl's users write it: there is one thing, and no other is taken for it.
struct RolloutObject: ParsableArguments {
    @Argument(help: ArgumentHelp("Taken for kubectl's habit: authentication/cluster is the only one.", visibility: .hidden))
    var object: [String] = []

    func validate() throws {
        guard !object.isEmpty else { return }
        let words = object.joined(separator: "/").split(separator: "/", omittingEmptySubsequences: false)
        let type = words.first.map { $0.lowercased() } ?? ""
        let isType = ["authentication", "authentications"].contains(String(type.prefix { $0 != "." }))
        guard isType, words.count == 1 || (words.count == 2 && words[1] == "cluster") else {
            throw ValidationError("\(object.joined(separator: " ")): the only roll-out is that of authentication/cluster")
        }
    }
}
