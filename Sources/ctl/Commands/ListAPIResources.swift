import ArgumentParser
import Client
import Foundation

struct ListAPIResources: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-resources",
        abstract: "Lists the types the server has.",
        discussion: "ctl api-resources --api-group=config.openshift.io -o wide"
    )

    enum Form: String, ExpressibleByArgument, CaseIterable { case wide, name }
    enum Order: String, ExpressibleByArgument, CaseIterable { case name, kind }

    @OptionGroup var connection: ConnectionOptions
    @Option(name: [.short, .long], help: "wide (verbs and categories, too) or name.")
    var output: Form?
    @Option(help: ArgumentHelp("Only types that have a namespace, or only those that have none.", valueName: "true|false"))
    var namespaced: Bool?
    @Option(help: "Only types of this group; an empty one is the core group.")
    var apiGroup: String?
    @Option(help: ArgumentHelp("Only types with all these verbs.", valueName: "get,list"))
    var verbs: String?
    @Option(help: ArgumentHelp("Only types in all these categories.", valueName: "a,b"))
    var categories: String?
    @Option(help: "Sort by name or kind, instead of by group.")
    var sortBy: Order?
    @Flag(help: "Print no line of headings.")
    var noHeaders = false

    func run() async throws {
        let resources = chosen(from: try await connection.withSession { try await $0.client.resources() }.all)
        if output == .name {
            Terminal.output.write(resources.map { "\($0.pluralTypeName)\n" }.joined())
        } else {
            Terminal.output.write(Self.table(resources, wide: output == .wide).text(withHeader: !noHeaders))
        }
    }

    func chosen(from resources: [APIResource]) -> [APIResource] {
        let verbs = Self.words(verbs)
        let categories = Self.words(categories)
        let chosen = resources.filter { resource in
            namespaced.map { $0 == resource.isNamespaced } ?? true && apiGroup.map { $0 == resource.group } ?? true
                && verbs.allSatisfy(resource.verbs.contains) && categories.allSatisfy(resource.categories.contains)
        }
        switch sortBy {
        case nil: return chosen
        case .name: return chosen.sorted { ($0.plural, $0.group) < ($1.plural, $1.group) }
        case .kind: return chosen.sorted { ($0.kind, $0.group) < ($1.kind, $1.group) }
        }
    }

    private static func words(_ text: String?) -> [String] { (text ?? "").split(separator: ",").map(String.init) }

    static func table(_ resources: [APIResource], wide: Bool = false) -> TextTable {
        let rows = resources.map { resource in
            let usual = [
                resource.plural, resource.shortNames.joined(separator: ","), resource.apiVersion, "\(resource.isNamespaced)",
                resource.kind,
            ]
            let more = [resource.verbs.sorted().joined(separator: ","), resource.categories.joined(separator: ",")]
            return wide ? usual + more : usual
        }
        let header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]
        return TextTable(header: wide ? header + ["VERBS", "CATEGORIES"] : header, rows: rows)
    }
}

struct ListAPIVersions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-versions",
        abstract: "Lists the versions of groups the server has."
    )

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let resources = try await connection.withSession { try await $0.client.resources() }
        for version in Set(resources.all.map(\.apiVersion)).sorted() { Terminal.output.line(version) }
    }
}
