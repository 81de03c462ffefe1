import ArgumentParser
import Authenticator
import Client
import Foundation
import JSON

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Looks into tokens.",
        subcommands: [TokenExplain.self]
    )
}

struct TokenExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells why a token is accepted or refused: every check with what it found, and what to change.",
        discussion: """
            ctl token explain --token-file id_token.txt            by the revision in force
            pbpaste | ctl token explain --token-file - --revision 7
            ctl token explain --token-file id_token.txt --worker worker-1
            ctl token explain --token-file id_token.txt -f authentication.yaml

            The exit code is 0 when the token is accepted, 1 when it is refused, 2 when that cannot be said.
            The token goes to nobody but the worker that --worker names.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The file that holds the token; - is standard input.", valueName: "file"))
    var tokenFile: String

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Judge by this configuration, without a server: an AuthenticationConfiguration file.",
            valueName: "file"
        )
    )
    var file: String?

    @Option(help: "Judge by this revision, instead of the one in force.")
    var revision: Int64?

    @Option(help: ArgumentHelp("Judge by the revision that this worker runs, and ask the worker too.", valueName: "name"))
    var worker: String?

    @Option(name: [.short, .long], help: "json or yaml: the whole trace as a document.")
    var output: OutputFormat?

    func validate() throws {
        guard [file != nil, revision != nil, worker != nil].count(where: \.self) <= 1 else {
            throw ValidationError("give one of -f, --revision and --worker")
        }
        guard output == nil || output == .json || output == .yaml else { throw ValidationError("-o takes json or yaml here") }
        guard tokenFile != "-" || file != "-" else { throw ValidationError("only one input can be standard input") }
    }

    func run() async throws {
        let token = try Self.token(in: tokenFile)
        let report = try await report(on: token)
        let text = try output?.text(of: report.document) { _ in "" }
        Terminal.output.write(text ?? report.text(Terminal.output.style))
        switch report.explanation.decision {
        case .authenticated: break
        case .refused, .notMine: throw CommandFailure("")
        case .unknowable: throw CommandFailure("", code: .undecided)
        }
    }

    private func report(on token: String) async throws -> TokenReport {
        let now = Int64(Date().timeIntervalSince1970)
        if let file {
            let configuration = try await TokenConfiguration.read(file, for: token)
            return configuration.report(on: token, worker: nil, now: now)
        }
        return try await connection.withSession { session in
            var number = revision
            var verdict: WorkerVerdict?
            if let worker {
                let node = try await WorkerVerdict.node(worker, session.client)
                number = node.value(at: "status", "authentication", "revision")?.integerValue
                verdict = try await WorkerVerdict.ask(node, about: token, session.client)
            }
            let configuration = try await TokenConfiguration.revision(number, session.client, for: token)
            return configuration.report(on: token, worker: verdict, now: now)
        }
    }

    /// Without the line end that editors add, and without `Bearer` where a whole header was copied.
    private static func token(in path: String) throws -> String {
        let text = String(decoding: try ManifestFiles.bytes(of: path), as: UTF8.self)
        var token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        for prefix in ["Authorization:", "Bearer"] where token.lowercased().hasPrefix(prefix.lowercased()) {
            token = token.dropFirst(prefix.count).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard !token.isEmpty else {
            throw CommandFailure("\(path == "-" ? "standard input" : path) is empty; it must hold one token")
        }
        return token
    }
}
