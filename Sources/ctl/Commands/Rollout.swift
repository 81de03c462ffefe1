import ArgumentParser

struct Rollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watches, lists and undoes roll-outs of the authentication configuration.",
        subcommands: [RolloutStatus.self, RolloutHistoryCommand.self, RolloutUndo.self]
    )
}
