import ArgumentParser

struct BreakGlass: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass",
        abstract: "Certificates that open the API when no token does: issues, tries and lists them.",
        discussion: "ctl delete breakglasscertificate NAME revokes one.",
        subcommands: [BreakGlassVerify.self, BreakGlassIssue.self, BreakGlassListCommand.self]
    )
}
