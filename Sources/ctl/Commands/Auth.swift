import ArgumentParser
import Client
import JSON

struct Auth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks who you are and what you may do.",
        subcommands: [AuthWhoAmI.self, AuthCanI.self]
    )
}

struct AuthWhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Prints who the server takes you for: name, groups and all."
    )

    @OptionGroup var connection: ConnectionOptions
    @Option(name: [.short, .long], help: "yaml, json or jsonpath=TEMPLATE: the server's answer as it is.")
    var output: OutputFormat?

    func run() async throws {
        let review = try await connection.withSession { try await UserReview.ask($0.client) }
        if let text = try output?.text(of: review.document, typeName: { _ in "selfsubjectreview.authentication.k8s.io" }) {
            Terminal.output.write(text)
        } else {
            Terminal.output.write(review.table.text())
        }
    }
}

struct AuthCanI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "can-i",
        abstract: "Asks the server whether you may do something, or what you may do.",
        discussion: """
            ctl auth can-i patch authentication
            ctl auth can-i get secrets/console-secret -n openshift-config
            ctl auth can-i update authentication --subresource=status
            ctl auth can-i get /metrics
            ctl auth can-i --list -n openshift-config

            Exit code 0: yes; 1: no, or it could not be found out.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "What you would do: get, list, watch, create, update, patch, delete, *", completion: Completions.verbs)
    var verb: String?
    @Argument(help: "With what: TYPE, TYPE/NAME, * or a path of the server such as /metrics", completion: Completions.types)
    var object: String?
    @Flag(help: "List everything you may do in the namespace.")
    var list = false
    @Option(help: "A part of the object: status")
    var subresource = ""
    @Flag(name: [.customShort("A"), .long], help: "In all namespaces.")
    var allNamespaces = false
    @Flag(name: [.short, .long], help: "Print nothing; the exit code tells.")
    var quiet = false
    @Flag(help: "With --list, print no line of headings.")
    var noHeaders = false

    func validate() throws {
        guard list else {
            guard verb != nil, let object else {
                throw ValidationError("say a verb and a type: ctl auth can-i patch authentication; or --list")
            }
            guard !object.hasPrefix("/") || subresource.isEmpty else {
                throw ValidationError("a path of the server has no subresource")
            }
            return
        }
        guard verb == nil else { throw ValidationError("--list takes no verb: it lists them all") }
        guard !quiet, !allNamespaces, subresource.isEmpty else {
            throw ValidationError("--list can't be used with --quiet, --all-namespaces or --subresource")
        }
    }

    func run() async throws {
        let isAllowed = try await connection.withSession { session in
            guard !list else {
                let rules = try await AccessRuleTable.ask(session.client, namespace: session.namespace)
                if let warning = rules.warning { Terminal.errors.line("warning: \(warning)") }
                Terminal.output.write(rules.table.text(withHeader: !noHeaders))
                return true
            }
            let question = try await question(session)
            if !quiet { for warning in question.warnings { Terminal.errors.line("Warning: \(warning)") } }
            let answer = try await question.ask(session.client)
            if !quiet { Terminal.output.line(answer.text) }
            return answer.isAllowed
        }
        if !isAllowed { throw CommandFailure("") }
    }

    private func question(_ session: Session) async throws -> AccessQuestion {
        let (verb, object) = (verb ?? "", object ?? "")
        if object.hasPrefix("/") { return AccessQuestion(verb: verb, path: object) }
        return AccessQuestion(
            verb: verb,
            object: object,
            subresource: subresource,
            namespace: allNamespaces ? nil : session.namespace,
            in: try await session.client.resources()
        )
    }
}
