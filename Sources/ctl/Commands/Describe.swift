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
    @Argument(help: "TYPE NAME or TYPE/NAME; a TYPE alone means all of them")
    var objects: [String]

    func run() async throws {
        try await connection.withSession { session in
            let reading = ObjectReading(session: session)
            var texts: [String] = []
            for group in ObjectReading.byResource(try await session.targets(objects)) {
                for object in try await reading.objects(group).items {
                    texts.append(try await text(of: object, group.resource, session))
                }
            }
            Terminal.output.write(texts.joined(separator: "\n\n"))
        }
    }

    private func text(of object: JSONValue, _ resource: APIResource, _ session: Session) async throws -> String {
        let events = await Self.events(of: object, session)
        let style = Terminal.output.style
        guard resource.kind == "Authentication", resource.group == "config.openshift.io" else {
            return ObjectDescription.text(of: object) + EventTable.text(events, now: Date())
        }
        let rollout = try await RolloutGathering.gather(session.client)
        return AuthenticationDescription(object: object, rollout: rollout, now: Date(), style: style).text
            + EventTable.text(events, now: Date())
    }

    /// Events explain, but nothing depends on them: who may not read them sees the rest.
    private static func events(of object: JSONValue, _ session: Session) async -> [JSONValue] {
        let metadata = object["metadata"]
        guard let name = metadata?["name"]?.stringValue, let kind = object["kind"]?.stringValue else { return [] }
        let namespace = metadata?["namespace"]?.stringValue
        let selection = Selection(fieldSelector: "involvedObject.name=\(name),involvedObject.kind=\(kind)")
        let page = try? await session.client.list(ResourcePath("v1", "events", namespace: namespace), selection)
        return (page?.items ?? []).filter { event in
            event.value(at: "involvedObject", "name")?.stringValue == name
                && event.value(at: "involvedObject", "kind")?.stringValue == kind
        }
    }
}
