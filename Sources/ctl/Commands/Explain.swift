import ArgumentParser
import JSON
import Schema

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a type and its fields are for, without a server.",
        discussion: "ctl explain authentication.spec.oidcProviders.issuer"
    )

    @Argument(help: ArgumentHelp("TYPE, or TYPE.FIELD.FIELD…", valueName: "path"), completion: Completions.types)
    var path: String
    @Flag(help: "All fields below, too.")
    var recursive = false

    func run() async throws {
        let words = path.split(separator: ".").map(String.init)
        guard let type = words.first else { throw CommandFailure("say what to explain: ctl explain authentication.spec") }
        guard let definition = try ResourceCatalog.builtIn().definitions(named: type.lowercased()).first else {
            throw CommandFailure("there is no type \"\(type)\"; ctl api-resources lists them")
        }
        Terminal.output.write(try FieldExplanation.text(definition, Array(words.dropFirst()), recursive: recursive))
    }
}
