import ArgumentParser

struct Rollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watches, compares, holds and undoes roll-outs of the authentication configuration.",
        subcommands: [
            RolloutStatus.self, RolloutHistoryCommand.self, RolloutDiff.self, RolloutUndo.self, RolloutPause.self,
            RolloutResume.self, RolloutRestart.self, RolloutConfirm.self,
        ]
    )
}
