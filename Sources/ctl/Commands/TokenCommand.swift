import ArgumentParser
import Authenticator
import Client
import Foundation
import JSON
import Schema
import Snapshot

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
            ctl token explain --token-file id_token.txt -f authentication.yaml -f idp-ca.yaml

            The exit code is 0 when the token is accepted, 1 when it is refused, 2 when that cannot be said. With --worker it is the
            worker's own answer that counts. The token goes to nobody but that worker: external sources of claims, groups kept
            elsewhere and token webhooks are not asked, and what depends on them cannot be said without --worker.

            -f takes an Authentication, with the config maps and secrets that it refers to in the same file, in another -f, or on the
            server; or an AuthenticationConfiguration of Kubernetes. docs/tokens.md goes through an example.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The file that holds the token; - is standard input.", valueName: "file"))
    var tokenFile: String

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Judge by this configuration, which need not be in force: a file, a folder, or - for standard input.",
            valueName: "path"
        )
    )
    var filename: [String] = []

    @Flag(
        help: ArgumentHelp(
            "With an AuthenticationConfiguration of Kubernetes: judge like a worker that was started with this flag."
        )
    )
    var allowReservedNames = false

    @Option(help: "Judge by this revision, instead of the one in force.")
    var revision: Int64?

    @Option(help: ArgumentHelp("Judge by the revision that this worker runs, and ask the worker too.", valueName: "name"))
    var worker: String?

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, yaml
    }

    @Option(name: [.short, .long], help: "The whole trace as a document.")
    var output: Format?

    func validate() throws {
        guard [!filename.isEmpty, revision != nil, worker != nil].count(where: \.self) <= 1 else {
            throw ValidationError("give one of -f, --revision and --worker")
        }
        guard !allowReservedNames || !filename.isEmpty else { throw ValidationError("--allow-reserved-names goes with -f") }
        guard tokenFile != "-" || !filename.contains("-") else { throw ValidationError("only one input can be standard input") }
    }

    func run() async throws {
        let report: TokenReport
        do {
            report = try await self.report(on: try Self.token(in: tokenFile))
            let format = output.map { $0 == .json ? OutputFormat.json : .yaml }
            Terminal.output.write(try format?.text(of: report.document) { _ in "" } ?? report.text(Terminal.output.style))
            try Terminal.checkOutput()
        } catch {
            throw NoAnswer(cause: error)
        }
        switch report.verdict {
        case .accepted: break
        case .refused: throw CommandFailure("")
        case .undecided: throw CommandFailure("", code: .undecided)
        }
    }

    private func report(on token: String) async throws -> TokenReport {
        let now = Int64(Date().timeIntervalSince1970)
        guard filename.isEmpty else {
            let files = try ConfigurationFiles(filename, namespace: connection.namespace ?? "default")
            let snapshot = try await files.snapshot(
                allowsReservedNames: allowReservedNames,
                server: connection.objectLookUp
            )
            var configuration = try await TokenConfiguration.gather(snapshot, name: files.name, for: token)
            if snapshot.mode == .integratedOAuth, LoginContext.tokenName(token) != nil {
                configuration.notes.append(
                    "only the server knows the tokens of the built-in OAuth server; without -f it is asked"
                )
            }
            return configuration.report(on: token, worker: nil, now: now)
        }
        return try await connection.withSession { session in
            let client = session.client
            guard let worker else {
                let configuration =
                    if let revision { try await TokenConfiguration.revision(revision, client, for: token) } else {
                        try await TokenConfiguration.inForce(client, for: token)
                    }
                return configuration.report(on: token, worker: nil, now: now)
            }
            let node = try await WorkerVerdict.node(worker, client)
            guard let number = node.value(at: "status", "authentication", "revision")?.integerValue, number > 0 else {
                throw CommandFailure("worker \"\(worker)\" runs no revision yet; ctl describe node \(worker) tells more")
            }
            let configuration = try await TokenConfiguration.revision(number, client, for: token)
            let verdict = try await WorkerVerdict.ask(node, about: token, client)
            return configuration.report(on: token, worker: verdict, now: now)
        }
    }

    /// Without the line end that editors add, and without `Bearer` where a whole header was copied.
    private static func token(in path: String) throws -> String {
        let text = String(decoding: try ManifestFiles.bytes(of: path), as: UTF8.self)
        var token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        for prefix in ["Authorization:", "Bearer "] where token.lowercased().hasPrefix(prefix.lowercased()) {
            token = token.dropFirst(prefix.count).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard !token.isEmpty else {
            throw CommandFailure("\(path == "-" ? "standard input" : path) is empty; it must hold one token")
        }
        return token
    }
}

extension ConnectionOptions {
    /// Finds objects on the server, if one is named by flags or by a kubeconfig.
    fileprivate func objectLookUp() throws -> ConfigurationFiles.LookUp? {
        guard try server != nil || context != nil || files.load().currentContext != nil else { return nil }
        return { id in
            try await withSession { session in
                try await session.client.find(
                    ResourcePath("v1", id.resource.plural, namespace: id.namespace, name: id.name)
                )
            }
        }
    }
}
