import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Prints what makes a shell complete commands, types, names and contexts.",
        discussion: """
            bash: source <(ctl completion bash)          in ~/.bashrc, to have it always
            zsh:  ctl completion zsh > ~/.zfunc/_ctl     where fpath has ~/.zfunc, before compinit
            fish: ctl completion fish > ~/.config/fish/completions/ctl.fish
            """
    )

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var kind: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish")
    var shell: Shell

    func run() { Terminal.output.write(Ctl.completionScript(for: shell.kind)) }
}
