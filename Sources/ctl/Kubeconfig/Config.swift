import ArgumentParser
import Client
import JSON

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows and changes the kubeconfig.",
        discussion: """
            The kubeconfig is that of --kubeconfig, else of KUBECONFIG (several files, separated by colons), else ~/.kube/config. What is
            changed goes into the file that has it already.
            """,
        subcommands: [
            ConfigView.self, GetContexts.self, CurrentContext.self, UseContext.self, SetContext.self, RenameContext.self,
            DeleteContext.self, GetClusters.self, SetCluster.self, DeleteCluster.self, GetUsers.self, SetCredentials.self,
            DeleteUser.self,
        ]
    )
}

struct ConfigView: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Prints the kubeconfig, all its files joined.",
        discussion: "ctl config view --minify -o jsonpath='{..namespace}'"
    )

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Keys, certificates and tokens, too.")
    var raw = false
    @Flag(help: "Only the context in use and what it names.")
    var minify = false
    @Option(name: [.short, .long], help: "yaml, json or jsonpath=TEMPLATE.")
    var output: OutputFormat = .yaml

    func run() async throws {
        var kubeconfig = try connection.files.load(findsPlugins: false)
        if minify { kubeconfig = try KubeconfigText.minified(kubeconfig, context: connection.context) }
        let shown = raw ? kubeconfig.document : KubeconfigText.redacted(kubeconfig.document)
        guard let text = try output.text(of: shown, typeName: { _ in "config" }) else {
            throw CommandFailure("-o takes yaml, json or jsonpath=TEMPLATE here")
        }
        Terminal.output.write(text)
    }
}
