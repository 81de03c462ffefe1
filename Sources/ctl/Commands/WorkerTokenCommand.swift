import ArgumentParser
import Certificates
import Client
import Durable
import Foundation
import JSON
import Schema

struct WorkerTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Makes a token with which workers on other hosts may join for a while.",
        discussion: """
            ctl worker token --host edge-1.example.org -o edge-1.token
            Whoever has the token can become a worker, which reads what is secret and says who users are: keep it as you keep a key. It is made here,
            goes nowhere but into the file or to standard output, and is of no use after --ttl or --joins. ctl delete workertoken NAME revokes it.
            """
    )

    private static let lifetimes = Duration.seconds(60)...Duration.seconds(604_800)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "The one worker that may join with it, even if it has joined before. (default: any new worker)")
    var name: String?
    @Option(
        help: ArgumentHelp(
            "A name or address that the worker's certificate may have, besides the address it joins from; may be given several times.",
            valueName: "name"
        )
    )
    var host: [String] = []
    @Option(help: ArgumentHelp("How long workers may join with it: 1m to 168h.", valueName: "duration"))
    var ttl = GoDuration(.seconds(3_600))
    @Option(help: "How many workers may join with it: 1 to 1000.")
    var joins = 1
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file to write, for its owner only. (default: standard output)", valueName: "file"),
        completion: .file()
    )
    var output: String?

    func validate() throws {
        guard Self.lifetimes.contains(ttl.duration) else { throw ValidationError("--ttl must be 1m to 168h") }
        guard (1...1_000).contains(joins) else { throw ValidationError("--joins must be 1 to 1000") }
        guard name == nil || joins == 1 else { throw ValidationError("with --name one worker can join: leave --joins out") }
    }

    func run() async throws {
        if let output, FileManager.default.fileExists(atPath: output) {
            throw CommandFailure("\(output) is there already; choose another file with -o")
        }
        let key = try KeyAndRequest.make(commonName: name ?? "worker")
        try await connection.withSession { session in
            let configuration = session.client.configuration
            guard case .roots(let authority) = configuration.trust else {
                throw CommandFailure(
                    "the kubeconfig must name the controller's authority (certificate-authority), as admin.kubeconfig does"
                )
            }
            let tokens = CertificateObject(client: session.client, list: Self.list, one: { Self.path(of: $0) })
            try await tokens.issue(try object(key)) { signed in
                let token = try signed.decoded(as: WorkerToken.self)
                let text = try WorkerJoinToken(
                    authorityPEM: String(decoding: authority, as: UTF8.self),
                    certificatePEM: token.status?.certificate ?? "",
                    keyPEM: key.keyPEM
                ).text()
                if let output {
                    try DurableFile.write(Array("\(text)\n".utf8), to: output, permissions: 0o600, replaces: false)
                } else {
                    Terminal.output.line(text)
                }
                tell(of: token, server: configuration.server)
            }
        }
    }

    static let list = ResourcePath(WorkerToken.apiVersion, WorkerToken.resource.plural)

    static func path(of name: String) -> ResourcePath {
        ResourcePath(WorkerToken.apiVersion, WorkerToken.resource.plural, name: name)
    }

    private func object(_ key: KeyAndRequest) throws -> JSONValue {
        let spec = WorkerToken.Spec(
            request: key.requestPEM,
            ttlSeconds: ttl.duration.components.seconds,
            workerName: name,
            hosts: host.isEmpty ? nil : host,
            joins: Int64(joins)
        )
        return [
            "apiVersion": .string(WorkerToken.apiVersion), "kind": .string(WorkerToken.kind),
            "metadata": ["generateName": "join-"], "spec": try JSONValue(encoding: spec),
        ]
    }

    /// On standard error: the token alone is for pipes.
    private func tell(of token: WorkerToken, server: String) {
        let file = output.map { ShellWord.quoted($0) } ?? "FILE"
        let names = host.map { " --host \(ShellWord.quoted($0))" }.joined()
        let own = name.map { " --name \(ShellWord.quoted($0))" } ?? ""
        Terminal.errors.line(
            """
            workertoken.postern.dev/\(token.metadata.name ?? ""), good for \(joins == 1 ? "one worker" : "\(joins) workers") until \
            \(token.status?.expirationTime ?? ""). On the other host, with the token in a file that only its owner can read:
              authenticator --join \(server) --join-token-file \(file) --data DIR --listen 0.0.0.0:9443\(own)\(names)
            """
        )
    }
}
