import ArgumentParser
import Schema

/// `-f` of the commands that need manifests.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path"),
        completion: .file()
    )
    var filename: [String]
    @Flag(name: [.customShort("R"), .long], help: "Folders within folders, too.")
    var recursive = false

    func read() throws -> [Manifest] { try ManifestFiles.read(filename, isRecursive: recursive) }
}
