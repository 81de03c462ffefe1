import ArgumentParser
import Client
import Foundation

/// Flags that every command which talks to a server has.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The kubeconfig to use, instead of KUBECONFIG and ~/.kube/config.", valueName: "file"),
        completion: .file()
    )
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig to use, instead of the current one.", completion: Completions.contexts)
    var context: String?

    @Option(help: "The cluster of the kubeconfig to use, instead of the context's.", completion: Completions.clusters)
    var cluster: String?

    @Option(help: "The user of the kubeconfig to use, instead of the context's.", completion: Completions.users)
    var user: String?

    @Option(name: [.short, .long], help: ArgumentHelp("The server's address, instead of the context's.", valueName: "url"))
    var server: String?

    @Option(name: [.short, .long], help: "The namespace of objects that have one.", completion: Completions.namespaces)
    var namespace: String?

    @Option(help: "A bearer token, instead of the context's user.")
    var token: String?

    @Option(
        help: ArgumentHelp("The authority of the server's certificate, as PEM.", valueName: "file"),
        completion: .file()
    )
    var certificateAuthority: String?

    @Flag(help: "Trust any certificate of the server. For trying things out only.")
    var insecureSkipTLSVerify = false

    @Option(
        help: ArgumentHelp("The name that the server's certificate must have, instead of the address's.", valueName: "name")
    )
    var tlsServerName: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Act as this user; you need the right to impersonate.", valueName: "user")
    )
    var asUser: String?

    @Option(
        name: .customLong("as-group"),
        help: ArgumentHelp("Act as a member of this group, with --as; may be given several times.", valueName: "group")
    )
    var asGroups: [String] = []

    @Option(name: .customLong("as-uid"), help: ArgumentHelp("Act as the user with this uid, with --as.", valueName: "uid"))
    var asUID: String?

    @Option(help: ArgumentHelp("How long one request may take: 30s, 2m.", valueName: "duration"))
    var requestTimeout: GoDuration?

    var files: KubeconfigFiles { KubeconfigFiles(flag: kubeconfig, environment: ProcessInfo.processInfo.environment) }

    var overrides: ConnectionOverrides {
        var overrides = ConnectionOverrides()
        overrides.context = context
        overrides.cluster = cluster
        overrides.user = user
        overrides.server = server
        overrides.namespace = namespace
        overrides.token = token.map { SecretText($0) }
        overrides.certificateAuthority = certificateAuthority
        overrides.skipsVerification = insecureSkipTLSVerify
        overrides.serverName = tlsServerName
        overrides.asUser = asUser
        overrides.asUID = asUID
        overrides.asGroups = asGroups
        return overrides
    }

    /// The kubeconfig as it is now; one that does not exist yet counts as empty.
    func kubeconfigForWriting() throws -> Kubeconfig {
        if let kubeconfig, !FileManager.default.fileExists(atPath: kubeconfig) { return Kubeconfig() }
        return try files.load()
    }

    /// Runs `body` with a client of the chosen server, and shuts the client down however it ends.
    ///
    /// - Parameters:
    ///   - isUnattended: nobody can be asked, and nothing may be printed.
    ///   - warn: told what the server warns of.
    func withSession<Result: Sendable>(
        isUnattended: Bool = false,
        warn: @escaping @Sendable (String) -> Void = { Terminal.errors.line("Warning: \($0)") },
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let kubeconfig = try files.load()
        var overrides = overrides
        overrides.isUnattended = isUnattended
        var configuration = try kubeconfig.clientConfiguration(overrides, userAgent: Version.userAgent)
        // kubectl's 0 means no limit; we keep ours.
        let timeout = requestTimeout.map(\.duration).flatMap { $0 > .zero ? $0 : nil }
        if let timeout { Self.limit(&configuration, to: timeout) }
        let namespace = try kubeconfig.namespace(overrides)
        let isNamespaceGiven = self.namespace != nil
        return try await ControllerClient.with(configuration, warn: warn) { client in
            let session = Session(
                client: client,
                namespace: namespace,
                isNamespaceGiven: isNamespaceGiven,
                watchTime: timeout
            )
            return try await body(session)
        }
    }

    /// A watch is a request as well.
    static func limit(_ configuration: inout ClientConfiguration, to timeout: Duration) {
        configuration.requestTimeout = timeout
        // The server counts in whole seconds.
        let watchTime = Duration.seconds((timeout + .nanoseconds(999_999_999)).components.seconds)
        configuration.watchTimeout = min(configuration.watchTimeout, watchTime)
    }
}
