import ArgumentParser
import Client
import JSON
import Schema

struct Validate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks manifests as the server would, without a server.",
        discussion: """
            Unknown fields, defaults, structure and rules: all that is wrong is named at once. Whether a provider can be reached only
            the server finds out: ctl preflight. Objects that name no namespace get that of -n, else "default".
            """
    )

    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path")
    )
    var filename: [String]
    @Option(
        help: ArgumentHelp(
            "The object as it is stored now, for rules about changes. It is not validated itself.",
            valueName: "path"
        )
    )
    var previous: String?
    @Option(name: [.short, .long], help: "Print the resulting objects: yaml or json.")
    var output: OutputFormat?
    // Only its namespace counts, but flags that stand in an alias must not hurt.
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions
    @Flag(
        name: .customLong("multiple-oidc-providers"),
        help: "Allow more than one entry in spec.oidcProviders, as RolloutPolicy can."
    )
    var multipleOIDCProviders = false

    func run() async throws {
        let catalog = try ResourceCatalog.builtIn()
        let admission = Admission(catalog: catalog, options: .init(multipleOIDCProviders: multipleOIDCProviders))
        let old = try previous.map { try ManifestFiles.read([$0]) } ?? []
        let input = ManifestFiles.readAll(filename)
        let verdicts = input.manifests.map { manifest in
            ManifestVerdict.judge(manifest, previous: old, by: admission, namespace: connection.namespace ?? "default")
        }
        for text in verdicts.compactMap(\.warningText) { Terminal.errors.line(text) }
        // A file that cannot be read must not hide what is wrong with the others.
        let reports = input.failures.map { FailureReport($0)?.text ?? "\($0)" } + verdicts.compactMap(\.problemText)
        for report in reports { Terminal.errors.line(report) }
        guard reports.isEmpty else { throw CommandFailure("") }
        for (position, verdict) in verdicts.enumerated() {
            guard let object = verdict.object else { continue }
            if let text = try output?.text(of: object, typeName: { _ in verdict.typeName }) {
                Terminal.output.write((position > 0 && output == .yaml ? "---\n" : "") + text)
            } else {
                Terminal.output.line("\(verdict.source): \(verdict.typeName)/\(verdict.name) is valid")
            }
        }
    }
}
