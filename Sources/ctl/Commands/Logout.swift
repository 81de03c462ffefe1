import ArgumentParser
import Client
import JSON

struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ends the session of the current context: its token is deleted, where the server lets you, and forgotten."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let kubeconfig = try connection.files.load()
        guard let name = connection.context ?? kubeconfig.currentContext, let context = kubeconfig.context(name),
            let token = kubeconfig[.users, context.user]?["token"]?.stringValue
        else { throw CommandFailure("the current context has no token, so there is no session to end") }
        let files = try LoginPlace.files(connection.files)
        let isDeleted = try await connection.withSession { try await Self.delete(token, $0.client) }
        try files.apply([.remove(.users, name: context.user)])
        Terminal.output.line("Logged out of context \"\(name)\".")
        if !isDeleted { Terminal.errors.line("The token is forgotten here; the server accepts it until it expires.") }
    }

    /// The API names a token of the built-in server by its hash. Whether it could be deleted there.
    private static func delete(_ token: String, _ client: ControllerClient) async throws -> Bool {
        guard let name = LoginContext.tokenName(token) else { return false }
        do {
            try await client.delete(ResourcePath("oauth.openshift.io/v1", "useroauthaccesstokens", name: name))
            return true
        } catch let failure as APIFailure {
            // Who is not known any more has no session left to end.
            return failure.isUnauthorized
        }
    }
}
