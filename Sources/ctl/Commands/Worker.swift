import ArgumentParser

struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Workers on other hosts: lets them join, takes them out of service, removes them.",
        discussion: """
            On the controller's side:  ctl worker token --host edge-1.example.org > token
            On the other host:         authenticator --join https://CONTROLLER:6443 --join-token-file token --data /var/lib/postern
            ctl get nodes shows all workers.
            """,
        subcommands: [WorkerTokenCommand.self, WorkerDrain.self, WorkerResume.self, WorkerRemove.self]
    )
}
