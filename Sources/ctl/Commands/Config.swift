import ArgumentParser
import Client
import JSON

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows and changes the kubeconfig.",
        subcommands: [ConfigView.self, GetContexts.self, CurrentContext.self, UseContext.self]
    )
}

struct ConfigView: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Prints the kubeconfig, all its files joined."
    )

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Keys, certificates and tokens, too.")
    var raw = false
    @Option(name: [.short, .long], help: "yaml or json.")
    var output: OutputFormat = .yaml

    func run() throws {
        let document = try connection.files.load().document
        let shown = raw ? document : KubeconfigText.redacted(document)
        guard let text = try output.text(of: shown, typeName: { _ in "config" }) else {
            throw CommandFailure("-o takes yaml or json here")
        }
        Terminal.output.write(text)
    }
}

struct GetContexts: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get-contexts", abstract: "Lists the contexts.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws { Terminal.output.write(KubeconfigText.contexts(try connection.files.load()).text()) }
}

struct CurrentContext: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "current-context", abstract: "Prints the current context.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        guard let name = try connection.files.load().currentContext else { throw CommandFailure("current-context is not set") }
        Terminal.output.line(name)
    }
}

struct UseContext: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use-context",
        abstract: "Makes another context the current one."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument var name: String

    func run() throws {
        guard try connection.files.load().context(name) != nil else {
            throw CommandFailure("no context exists with the name: \"\(name)\"; ctl config get-contexts lists them")
        }
        try connection.files.apply([.currentContext(name)])
        Terminal.output.line("Switched to context \"\(name)\".")
    }
}
