import ArgumentParser
import Client
import JSON

struct Wait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Waits until objects are as wanted.",
        discussion: """
            ctl wait co/kube-apiserver --for=condition=Progressing=False --timeout=60s
            ctl wait node --for=condition=Ready worker-0
            ctl wait oauthclient/x --for=delete
            ctl wait nodes --all --for=condition=Ready

            Exit code 1 after the timeout.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var choice: ObjectChoice
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "What to wait for: condition=TYPE[=STATUS], jsonpath=PATH=VALUE, create or delete.",
            valueName: "what"
        )
    )
    var expectation: Expectation
    @Option(help: "How long to wait for all of them: 30s, 2m.")
    var timeout = GoDuration(.seconds(30))

    func run() async throws {
        try await connection.withSession { session in
            let clock = ContinuousClock()
            let deadline = clock.now + timeout.duration
            let targets = try await choice.targets(session)
            guard !targets.isEmpty else { throw CommandFailure("no matching resources found") }
            for target in targets {
                while true {
                    let object = try await session.client.find(target.path)
                    if expectation.isMet(by: object) { break }
                    guard object != nil || expectation.allowsMissing else {
                        throw APIFailure(
                            code: 404,
                            reason: "NotFound",
                            message: "\(target.resource.pluralTypeName) \"\(target.name)\" not found"
                        )
                    }
                    guard clock.now < deadline else {
                        throw CommandFailure("timed out waiting for the condition on \(target.resource.plural)/\(target.name)")
                    }
                    try await Task.sleep(for: .milliseconds(200))
                }
                Terminal.output.line("\(target.description) \(expectation.word)")
            }
        }
    }

    /// What `--for` says.
    enum Expectation: ExpressibleByArgument, Hashable, Sendable {
        case condition(String, status: String)
        case jsonpath(String, value: String?)
        case create, delete

        init?(argument: String) {
            switch argument {
            case "create": self = .create
            case "delete": self = .delete
            default:
                let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { return nil }
                switch parts[0] {
                case "condition":
                    let words = parts[1].split(separator: "=", maxSplits: 1).map(String.init)
                    self = .condition(words[0], status: words.count > 1 ? words[1] : "True")
                case "jsonpath":
                    // The value follows the last brace, so that a filter's == is not taken for it.
                    let close =
                        parts[1].lastIndex(of: "}").map { parts[1].index(after: $0) } ?? parts[1].firstIndex(of: "=")
                        ?? parts[1].endIndex
                    let path = parts[1][..<close].trimming { $0 == "{" || $0 == "}" || $0 == "'" }
                    let value = parts[1][close...].drop { $0 == "=" }
                    guard (try? JSONPath(String(path))) != nil else { return nil }
                    self = .jsonpath(String(path), value: close < parts[1].endIndex ? String(value) : nil)
                default: return nil
                }
            }
        }

        var allowsMissing: Bool { self == .create || self == .delete }
        var word: String { self == .delete ? "deleted" : "condition met" }

        func isMet(by object: JSONValue?) -> Bool {
            switch self {
            case .create: return object != nil
            case .delete: return object == nil
            case .condition(let type, let status):
                let conditions = object?.value(at: "status", "conditions")?.arrayValue ?? []
                return conditions.contains { condition in
                    condition["type"]?.stringValue?.lowercased() == type.lowercased()
                        && condition["status"]?.stringValue?.lowercased() == status.lowercased()
                        && !Self.isStale(condition, object)
                }
            case .jsonpath(let text, let value):
                guard let object, let path = try? JSONPath(text) else { return false }
                let values = path.values(in: object, root: object)
                guard let value else { return !values.isEmpty }
                return values.contains { ($0.stringValue ?? JSONWriter.text(of: $0)) == value }
            }
        }

        /// A condition about an older generation says nothing of what is there now.
        private static func isStale(_ condition: JSONValue, _ object: JSONValue?) -> Bool {
            guard let seen = condition["observedGeneration"]?.integerValue,
                let now = object?.value(at: "metadata", "generation")?.integerValue
            else { return false }
            return seen < now
        }
    }
}
