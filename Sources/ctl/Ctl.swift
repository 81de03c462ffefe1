import ArgumentParser
import Foundation

/// The root of all commands.
struct Ctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "The command line of Postern: declares how users are authenticated, and shows what came of it.",
        discussion: """
            Objects are named TYPE NAME or TYPE/NAME, as with kubectl; both read the same kubeconfig.
            The controller writes admin.kubeconfig into its data folder: export KUBECONFIG=DATA/admin.kubeconfig

            Types, names and contexts are completed by the shell after: source <(ctl completion bash)

            Exit code 0: done; 1: refused, not found, or "no"; 2: not in time, or it could not be found out; 64: a command line that
            cannot be understood. NO_COLOR=1 turns colours off.
            """,
        version: Version.number,
        groupedSubcommands: [
            CommandGroup(
                name: "Objects",
                subcommands: [
                    Get.self, Describe.self, Apply.self, Create.self, Patch.self, Edit.self, Delete.self, Diff.self, Wait.self,
                    ListAPIResources.self, ListAPIVersions.self, Explain.self,
                ]
            ),
            CommandGroup(
                name: "Configuration of authentication",
                subcommands: [
                    Validate.self, PreflightCommand.self, Rollout.self, CELCommand.self, TokenCommand.self, Import.self,
                    BreakGlass.self, Worker.self,
                ]
            ),
            CommandGroup(
                name: "You",
                subcommands: [
                    Login.self, Logout.self, WhoAmI.self, Auth.self, Config.self, CompletionCommand.self, Version.self,
                ]
            ),
        ]
    )
}

@main
enum Program {
    /// Runs the command; its errors become one text on standard error and an exit code, here and nowhere else.
    static func main() async {
        signal(SIGPIPE, SIG_DFL)
        Terminal.reserveDescriptors()
        do {
            var command = try await Ctl.asyncParseAsRoot(LeadingFlags.moved(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try Terminal.checkOutput()
        } catch {
            guard let report = FailureReport(error) else { Ctl.exit(withError: error) }
            if !report.text.isEmpty { Terminal.errors.line(report.text) }
            exit(report.exitCode)
        }
    }
}
