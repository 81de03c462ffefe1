import ArgumentParser
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
        abstract: "Evaluates an expression over claims or a user, as a worker would.",
        discussion: """
            ctl cel eval -e 'claims.email.split("@")[0]' --claims claims.json
            ctl cel eval -e '!user.username.startsWith("system:")' --user user.yaml
            """
    )

    @Option(name: [.short, .long], help: "The expression.")
    var expression: String
    @Option(help: ArgumentHelp("The claims of a token, as JSON or YAML; - is standard input.", valueName: "path"))
    var claims: String?
    @Option(help: ArgumentHelp("A user: username, uid, groups, extra.", valueName: "path"))
    var user: String?

    func run() throws {
        var values: [String: CELValue] = [:]
        if let claims { values["claims"] = CELText.value(try Self.document(claims)) }
        if let user { values["user"] = CELText.value(try Self.document(user)) }
        guard !values.isEmpty else { throw CommandFailure("give --claims FILE or --user FILE (- is standard input)") }
        let types = values.mapValues { _ in CELType.map(.string, .dyn) }
        let program = try CELProgram.compile(expression, in: .authentication, variables: types)
        do {
            let value = try program.evaluate(values)
            Terminal.output.line(CELText.text(value))
            Terminal.output.line("type: \(value.runtimeType)")
        } catch {
            throw CommandFailure("the expression gave no value: \(error)")
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
