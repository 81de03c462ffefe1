import ArgumentParser
import Authenticator
import CEL
import Client
import Foundation
import JSON
import Schema

struct CELCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel",
        abstract: "Tries expressions of the configuration.",
        subcommands: [CELEvaluate.self]
    )
}

struct CELEvaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluates an expression over claims or a user, as a worker would, without a server.",
        discussion: """
            ctl cel eval -e 'claims.email.split("@")[0]' --claims claims.json
            ctl cel eval -e 'claims.?department.orValue("none")' --token id_token.txt
            ctl cel eval -e '!user.username.startsWith("system:")' --user user.yaml
            """
    )

    @Option(name: [.short, .long], help: "The expression.")
    var expression: String
    @Option(help: ArgumentHelp("The claims of a token, as JSON or YAML; - is standard input.", valueName: "path"))
    var claims: String?
    @Option(
        help: ArgumentHelp(
            "A token whose claims are used, or a file that holds it; - is standard input. It is not verified.",
            valueName: "token"
        )
    )
    var token: String?
    @Option(help: ArgumentHelp("A user: username, uid, groups, extra; - is standard input.", valueName: "path"))
    var user: String?
    @Option(name: [.short, .long], help: "json or yaml: value, type and cost as a document.")
    var output: OutputFormat?

    func validate() throws {
        let inputs = [claims, token, user].compactMap { $0 }
        guard !inputs.isEmpty else {
            throw ValidationError("give --claims, --token or --user with a file (- is standard input)")
        }
        guard claims == nil || token == nil else { throw ValidationError("give --claims or --token, not both") }
        guard inputs.filter({ $0 == "-" }).count <= 1 else { throw ValidationError("only one input can be standard input") }
        guard output == nil || output == .json || output == .yaml else { throw ValidationError("-o takes json or yaml here") }
    }

    func run() throws {
        let trial = ExpressionTrial(expression: expression, variables: try variables())
        let report: ExpressionTrial.Report
        do throws(CELCompileError) {
            report = try trial.run()
        } catch {
            throw CommandFailure("the expression does not compile\n\(error)")
        }
        switch report.outcome {
        case .success:
            let text = try report.document.flatMap { document in try output?.text(of: document) { _ in "" } }
            Terminal.output.write(text ?? report.text ?? "")
        case .failure(let error):
            throw CommandFailure("the expression gave no value: \(error) (cost \(report.cost))")
        }
    }

    private func variables() throws -> [String: CELValue] {
        var values: [String: CELValue] = [:]
        if let claims { values["claims"] = CELValue(claim: try Self.document(claims)) }
        if let token {
            values["claims"] = CELValue(claim: try Self.claims(ofTokenAt: token))
            Terminal.errors.line("warning: the token is not verified: what its claims say is not proven")
        }
        if let user { values["user"] = try UserValue.read(try Self.document(user), source: user) }
        return values
    }

    private static func claims(ofTokenAt path: String) throws -> JSONValue {
        // A JOSE header begins with `{"`, which is eyJ in base 64; what looks like a token is no path.
        let isToken = path.hasPrefix("eyJ") && path.filter { $0 == "." }.count == 2
        let text = isToken ? path : String(decoding: try ManifestFiles.bytes(of: path), as: UTF8.self)
        do {
            return try UnverifiedToken(text.trimmingCharacters(in: .whitespacesAndNewlines)).claims
        } catch {
            throw CommandFailure("\(isToken ? "--token" : path == "-" ? "standard input" : path) holds no token: \(error)")
        }
    }

    private static func document(_ path: String) throws -> JSONValue {
        let source = path == "-" ? "standard input" : path
        let documents = try ManifestReader.read(try ManifestFiles.bytes(of: path), source: source)
        guard documents.count == 1, let value = documents.first?.value, value.objectValue != nil else {
            throw CommandFailure("\(source) must hold one object")
        }
        return value
    }
}
