import ArgumentParser
import Client
import JSON
import Schema

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deletes objects, by name, by manifest or by label.",
        discussion: """
            ctl delete secret console-secret -n openshift-config
            ctl delete -f authentication.yaml
            ctl delete configmaps -l team=idp -n openshift-config
            """
    )

    enum Cascade: String, ExpressibleByArgument, CaseIterable {
        case background, foreground, orphan

        var propagation: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var choice: ObjectChoice
    @Flag(help: "It is no error when the object does not exist.")
    var ignoreNotFound = false
    @Option(help: "none, client (nothing is sent) or server (all checks run, nothing is deleted).")
    var dryRun: DryRun = .none
    @Option(help: "What becomes of objects that belong to these: background, foreground or orphan.")
    var cascade: Cascade?
    @Option(name: [.short, .long], help: "name: print only what was deleted.")
    var output: NameOnly?
    @Option(help: ArgumentHelp("Wait until finalizers are done.", valueName: "true|false"))
    var wait = true
    @Option(help: "How long to wait for them: 30s, 2m.")
    var timeout = GoDuration(.seconds(600))

    enum NameOnly: String, ExpressibleByArgument, CaseIterable { case name }

    func run() async throws {
        try await connection.withSession { session in
            let targets = try await choice.targets(session)
            if targets.isEmpty { Terminal.errors.line("No resources found") }
            var failures: [APIFailure] = []
            var rest: [(target: NamedTarget, uid: JSONValue?)] = []
            for target in targets {
                do {
                    let answer = try await delete(target, session.client)
                    say(target)
                    // An object instead of a Status: it is still there, for its finalizers.
                    if let answer, answer["kind"] != "Status" { rest.append((target, answer.value(at: "metadata", "uid"))) }
                } catch let failure as APIFailure {
                    if !(failure.isNotFound && ignoreNotFound) { failures.append(failure) }
                }
            }
            if wait, dryRun == .none { try await awaitEnd(of: rest, session.client) }
            if !failures.isEmpty { throw Failures(failures) }
        }
    }

    /// nil when nothing is sent.
    private func delete(_ target: NamedTarget, _ client: ControllerClient) async throws -> JSONValue? {
        guard dryRun != .client else {
            // kubectl looks, too: deleting what is not there would not work.
            _ = try await client.get(target.path)
            return nil
        }
        return try await client.delete(
            target.path,
            propagation: cascade?.propagation,
            WriteOptions(dryRun: dryRun == .server)
        )
    }

    private func say(_ target: NamedTarget) {
        guard output == nil else { return Terminal.output.line(target.description) }
        let place = target.namespace.map { " from \($0) namespace" } ?? ""
        Terminal.output.line("\(target.resource.typeName) \"\(target.name)\" deleted\(place)\(dryRun.suffix)")
    }

    private func awaitEnd(of rest: [(target: NamedTarget, uid: JSONValue?)], _ client: ControllerClient) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout.duration
        for (target, uid) in rest {
            while let object = try await client.find(target.path), object.value(at: "metadata", "uid") == uid {
                guard clock.now < deadline else {
                    throw CommandFailure("timed out waiting for the finalizers of \(target.description)", code: .timedOut)
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
