import ArgumentParser
import Client

struct WhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "whoami", abstract: "Prints who the server takes you for.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(name: [.customShort("t"), .customLong("show-token")], help: "Print the token in use, and ask no server.")
    var showsToken = false
    @Flag(name: [.customShort("c"), .customLong("show-context")], help: "Print the current context.")
    var showsContext = false
    @Flag(name: .customLong("show-server"), help: "Print the server's address.")
    var showsServer = false

    func run() async throws {
        let kubeconfig = try connection.files.load()
        let configuration = try kubeconfig.clientConfiguration(connection.overrides, userAgent: Version.userAgent)
        if showsToken {
            guard let token = try await Self.token(configuration.credential) else {
                throw CommandFailure("no token is currently in use for this session")
            }
            Terminal.output.line(token.expose())
        } else if showsContext {
            Terminal.output.line(connection.context ?? kubeconfig.currentContext ?? "")
        } else if showsServer {
            Terminal.output.line(configuration.server)
        } else {
            Terminal.output.line(try await connection.withSession { try await UserReview.ask($0.client).username })
        }
    }

    private static func token(_ credential: ClientConfiguration.Credential) async throws -> SecretText? {
        switch credential {
        case .token(let token): token
        case .plugin(let credentials): try await credentials.current().credential.token
        case .none, .certificate: nil
        }
    }
}
