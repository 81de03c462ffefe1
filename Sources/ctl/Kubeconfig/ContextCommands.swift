import ArgumentParser
import Client
import JSON

struct GetContexts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-contexts",
        abstract: "Lists the contexts; an asterisk marks the current one."
    )

    enum Form: String, ExpressibleByArgument, CaseIterable { case name }

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only these.", completion: Completions.contexts)
    var names: [String] = []
    @Option(name: [.short, .long], help: "name: only the names.")
    var output: Form?
    @Flag(help: "Print no line of headings.")
    var noHeaders = false

    func run() async throws {
        let kubeconfig = try connection.files.load()
        if let unknown = names.first(where: { kubeconfig.context($0) == nil }) {
            throw CommandFailure("context \(unknown) not found; ctl config get-contexts lists them")
        }
        let shown = names.isEmpty ? kubeconfig.names(.contexts).sorted() : names
        if output == .name {
            for name in shown { Terminal.output.line(name) }
        } else {
            Terminal.output.write(KubeconfigText.contexts(kubeconfig, shown).text(withHeader: !noHeaders))
        }
    }
}

struct CurrentContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "current-context", abstract: "Prints the current context.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        guard let name = try connection.files.load().currentContext else { throw CommandFailure("current-context is not set") }
        Terminal.output.line(name)
    }
}

struct UseContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use-context",
        abstract: "Makes another context the current one.",
        aliases: ["use"]
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.contexts) var name: String

    func run() async throws {
        guard try connection.files.load().context(name) != nil else {
            throw CommandFailure("no context exists with the name: \"\(name)\"; ctl config get-contexts lists them")
        }
        try connection.files.apply([.currentContext(name)])
        Terminal.output.line("Switched to context \"\(name)\".")
    }
}

struct SetContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-context",
        abstract: "Creates a context, or changes what is said of one.",
        discussion: """
            ctl config set-context --current --namespace=openshift-config
            ctl config set-context test --cluster=test --user=admin
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.contexts) var name: String?
    @Flag(help: "The current context.")
    var current = false

    func validate() throws {
        guard (name == nil) == current else { throw ValidationError("name a context, or say --current; not both") }
    }

    func run() async throws {
        let files = connection.filesForWriting
        let kubeconfig = try files.load()
        guard let name = name ?? connection.context ?? kubeconfig.currentContext else {
            throw CommandFailure("no current context is set; name one: ctl config get-contexts lists them")
        }
        let old = kubeconfig[.contexts, name]
        var context = old ?? ["cluster": "", "user": ""]
        for (member, value) in [
            ("cluster", connection.cluster), ("user", connection.user), ("namespace", connection.namespace),
        ] {
            if let value { context[member] = value.isEmpty && member == "namespace" ? nil : .string(value) }
        }
        try files.apply([.set(.contexts, name: name, context)])
        Terminal.output.line("Context \"\(name)\" \(old == nil ? "created" : "modified").")
    }
}

struct RenameContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename-context",
        abstract: "Gives a context another name; the current one stays the current one."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.contexts) var name: String
    @Argument(help: "The name it gets.") var newName: String

    func run() async throws {
        let kubeconfig = try connection.files.load()
        guard kubeconfig.context(name) != nil else {
            throw CommandFailure("cannot rename the context \"\(name)\", it's not in \(connection.files.place)")
        }
        guard kubeconfig.context(newName) == nil else {
            throw CommandFailure(
                "cannot rename the context \"\(name)\", the context \"\(newName)\" already exists in \(connection.files.place)"
            )
        }
        try connection.files.apply([.rename(.contexts, name, to: newName)])
        Terminal.output.line("Context \"\(name)\" renamed to \"\(newName)\".")
    }
}

struct DeleteContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete-context", abstract: "Removes a context.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.contexts) var name: String

    func run() async throws {
        let isCurrent = try connection.files.load().currentContext == name
        try connection.files.remove(.contexts, name)
        if isCurrent {
            Terminal.errors.line(
                "warning: this removed your active context, use \"ctl config use-context\" to select a different one"
            )
        }
    }
}
