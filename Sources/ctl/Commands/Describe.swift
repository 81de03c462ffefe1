import ArgumentParser
import Client
import Foundation
import JSON

struct Describe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows all there is to know of an object, for reading.",
        discussion:
            "ctl describe authentication cluster shows the configuration, who set it, what became of it, and where it runs."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "TYPE NAME or TYPE/NAME; a TYPE alone means all of them", completion: Completions.objects)
    var objects: [String] = []
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("Describe what these manifests name.", valueName: "path"),
        completion: .file()
    )
    var filename: [String] = []
    @Flag(name: [.customShort("A"), .long], help: "Objects of all namespaces.")
    var allNamespaces = false
    @Option(name: [.customShort("l"), .long], help: "Only objects with these labels: a=b,c!=d")
    var selector: String?

    func run() async throws {
        try await connection.withSession { session in
            let reading = ObjectReading(
                session: session,
                allNamespaces: allNamespaces,
                selection: Selection(labelSelector: selector)
            )
            let targets =
                filename.isEmpty
                ? try await session.targets(objects)
                : try await session.targets(of: ManifestFiles.read(filename)).map { Target($0) }
            var texts: [String] = []
            var failures: [APIFailure] = []
            for group in ObjectReading.byResource(targets) {
                let outcome = try await reading.objects(group)
                failures += outcome.failures
                for object in outcome.value.items {
                    texts.append(try await text(of: object, group.resource, session))
                }
            }
            Terminal.output.write(texts.joined(separator: "\n\n"))
            if texts.isEmpty, failures.isEmpty {
                Terminal.errors.line("No resources found" + (allNamespaces ? "" : " in \(session.namespace) namespace."))
            }
            if !failures.isEmpty { throw Failures(failures) }
        }
    }

    private func text(of object: JSONValue, _ resource: APIResource, _ session: Session) async throws -> String {
        let now = Date()
        guard resource.kind == "Authentication", resource.group == "config.openshift.io" else {
            let events = await Self.events(of: [resource.kind], object, session)
            return ObjectDescription.text(of: object) + EventTable.text(events, now: now)
        }
        let rollout = try await RolloutGathering.gather(session.client)
        let description = AuthenticationDescription(object: object, rollout: rollout, now: now, style: Terminal.output.style)
        // What became of a configuration is told as events of the object that the roll-out is recorded in.
        let events = await Self.events(of: [resource.kind, "KubeAPIServer"], object, session)
        return description.text + EventTable.text(events, now: now)
    }

    /// Events explain, but nothing depends on them: who may not read them sees the rest.
    private static func events(of kinds: Set<String>, _ object: JSONValue, _ session: Session) async -> [JSONValue] {
        guard let name = object.value(at: "metadata", "name")?.stringValue else { return [] }
        let namespace = object.value(at: "metadata", "namespace")?.stringValue
        let selection = Selection.field("involvedObject.name", equals: name)
        let page = try? await session.client.list(ResourcePath("v1", "events", namespace: namespace), selection)
        return (page?.items ?? []).filter { kinds.contains($0.value(at: "involvedObject", "kind")?.stringValue ?? "") }
    }
}
