import ArgumentParser
import Client
import Foundation
import JSON

struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Logs in at a worker with a name and a password, or with a token, and remembers it.",
        discussion: """
            ctl login https://127.0.0.1:9443 -u bob --certificate-authority=ca.crt
            The token is stored in the kubeconfig; later commands use it. The administrator's own kubeconfig, which the controller
            wrote, is never changed: name another file with --kubeconfig or KUBECONFIG.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: ArgumentHelp("The worker's address; the current context's server when left out.", valueName: "url"))
    var url: String?
    @Option(name: [.short, .long], help: "Your name; asked for when left out.")
    var username: String?
    @Option(name: [.short, .long], help: "Your password; asked for when left out.")
    var password: String?

    func run() async throws {
        if connection.token != nil, username != nil { throw CommandFailure("--token and --username are mutually exclusive") }
        let files = try LoginPlace.files(connection.files)
        // A file named by the flag may still have to be made here.
        let kubeconfig = try connection.kubeconfigForWriting()
        let place = try LoginPlace(url: url ?? connection.server, kubeconfig: kubeconfig, overrides: connection.overrides)
        let token = try await token(at: place)
        let name = try await userName(at: place, token)
        try files.apply(
            LoginContext.edits(
                server: place.server,
                user: name,
                token: token,
                trust: place.trust,
                namespace: connection.namespace
            )
        )
        if connection.token != nil {
            Terminal.output.line("Logged into \"\(place.server)\" as \"\(name)\" using the token provided.")
        } else {
            Terminal.output.line("Login successful.")
        }
        Terminal.output.line("\nYou are \"\(name)\". Using context \"\(LoginContext.name(server: place.server, user: name))\".")
    }

    private func token(at place: LoginPlace) async throws -> SecretText {
        if let token = connection.token { return SecretText(token) }
        guard let username = username ?? Terminal.ask("Username: "), !username.isEmpty else {
            throw CommandFailure("say who you are: -u USER (or --token TOKEN)")
        }
        guard let password = password ?? Terminal.askSecretly("Password: ") else {
            throw CommandFailure("give your password with -p, or on a terminal")
        }
        do {
            return try await self.token(username, SecretText(password), place)
        } catch let failure as TransportFailure where failure.reason == .certificateRequired {
            throw CommandFailure(LoginPlace.isNoWorker(place.server))
        }
    }

    private func token(_ username: String, _ password: SecretText, _ place: LoginPlace) async throws -> SecretText {
        let transport = try HTTPTransport(server: place.server, trust: place.trust)
        do {
            let flow = PasswordLogin(server: place.server) { request in
                try await transport.send(request, timeout: .seconds(30), limit: 1 << 20)
            }
            let token = try await flow.token(username: username, password: password)
            await transport.shutdown()
            return token
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// The worker learns of a new token by watching the API, so its first answers may be a 401.
    private func userName(at place: LoginPlace, _ token: SecretText) async throws -> String {
        let configuration = ClientConfiguration(
            server: place.server,
            trust: place.trust,
            credential: .token(token),
            userAgent: Version.userAgent
        )
        let attempts = connection.token == nil ? 30 : 1
        return try await ControllerClient.with(configuration) { client in
            for attempt in 1...attempts {
                do {
                    return try await UserReview.ask(client).username
                } catch let failure as APIFailure where failure.isUnauthorized && attempt < attempts {
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            throw CommandFailure("the server does not know the token")
        }
    }
}
