import Foundation
import JSON
import Logging
import Schema
import Store
import Synchronization
import Testing

@testable import Controller

/// A folder of manifests beside a real store, and what was logged.
final class ManifestScratch: Sendable {
    let folder: String
    let store: SQLiteStore
    let directory: ManifestDirectory
    let log = LogLines()
    private let memory = Mutex(FolderMemory())

    init() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "postern-manifests-\(UUID().uuidString)").path
        folder = "\(root)/manifests"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let log = log
        let logger = Logger(label: "test") { _ in log }
        store = try SQLiteStore.open(path: "\(root)/postern.db", key: .random(), logger: logger)
        let catalog = try ResourceCatalog.builtIn()
        directory = ManifestDirectory(
            folder: folder,
            store: store,
            catalog: catalog,
            admission: Admission(catalog: catalog),
            logger: logger
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }

    /// A look long after every write, so that all files are at rest.
    func look() async throws {
        var memory = memory.withLock { $0 }
        try await directory.look(&memory, now: Date().addingTimeInterval(3_600))
        let remembered = memory
        self.memory.withLock { $0 = remembered }
    }

    func spec(_ id: ObjectID) async throws -> JSONValue? { try await store.get(id).value["spec"] }
}

struct LogLines: LogHandler {
    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let error = event.metadata?["error"].map { ": \($0)" } ?? ""
        lines.all.withLock { $0.append("\(event.level) \(event.message)\(error)") }
    }

    var all: [String] { lines.all.withLock { $0 } }
    var errors: [String] { all.filter { $0.hasPrefix("error") } }

    private final class Lines: Sendable { let all = Mutex<[String]>([]) }
}

@Suite(.timeLimit(.minutes(5)))
struct ManifestDirectoryTests {
    static let authentication = ObjectID(ResourceName(group: "config.openshift.io", plural: "authentications"), name: "cluster")
    static let configMaps = ResourceName(group: "", plural: "configmaps")
    static func configMap(_ name: String) -> ObjectID { ObjectID(configMaps, namespace: "team", name: name) }

    static let namespace = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: team}

        """
    static func configMapYAML(_ name: String, _ text: String) -> String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: \(name), namespace: team}
        data: {text: "\(text)"}

        """
    }

    @Test func createsThenConfiguresAndLeavesTheUnchangedAlone() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("10-team.yaml", Self.namespace)
        try scratch.write("20-config.yaml", Self.configMapYAML("a", "1"))
        try await scratch.look()
        #expect(try await scratch.store.get(Self.configMap("a")).value.value(at: "data", "text") == "1")
        let revision = try await scratch.store.currentRevision()
        try await scratch.look()
        #expect(try await scratch.store.currentRevision() == revision)
        try scratch.write("20-config.yaml", Self.configMapYAML("a", "22"))
        try await scratch.look()
        #expect(try await scratch.store.get(Self.configMap("a")).value.value(at: "data", "text") == "22")
        #expect(try await scratch.store.currentRevision() == revision + 1)
        #expect(scratch.log.errors.isEmpty)
    }

    @Test func aNewStartOnTheSameFilesWritesNothing() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("a.yaml", Self.namespace + "---\n" + Self.configMapYAML("a", "1"))
        try await scratch.look()
        let revision = try await scratch.store.currentRevision()
        var memory = FolderMemory()
        try await scratch.directory.look(&memory, now: Date().addingTimeInterval(3_600))
        #expect(try await scratch.store.currentRevision() == revision)
    }

    @Test func recordsWhoAndWhat() async throws {
        let scratch = try ManifestScratch()
        try scratch.write(
            "auth.yaml",
            "apiVersion: config.openshift.io/v1\nkind: Authentication\nmetadata: {name: cluster}\nspec: {type: None}\n"
        )
        try await scratch.look()
        let metadata = try await scratch.store.get(Self.authentication).value["metadata"]
        #expect(metadata?.value(at: "annotations", "postern.dev/changed-by") == "system:manifests")
        #expect(metadata?.value(at: "annotations", "postern.dev/changed-with") == "auth.yaml")
        #expect(metadata?["generation"] == 1)
        #expect(metadata?["uid"]?.stringValue?.isEmpty == false)
    }

    struct BadCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let expected: [String]
    }

    static let bad = [
        BadCase(testDescription: "broken YAML", text: "a: b\n  c: [", expected: ["bad.yaml:2:"]),
        BadCase(
            testDescription: "an unknown field and a wrong value, both told with their places",
            text: """
                apiVersion: config.openshift.io/v1
                kind: Authentication
                metadata: {name: cluster}
                spec:
                  type: Magic
                  tpye: OIDC
                """,
            expected: ["bad.yaml:5:3: spec.type: ", "bad.yaml:6:3: spec.tpye: unknown field"]
        ),
        BadCase(
            testDescription: "an unknown kind",
            text: "apiVersion: v9\nkind: Thing\nmetadata: {name: x}\n",
            expected: ["bad.yaml:2:1: no matches for kind \"Thing\" in version \"v9\""]
        ),
        BadCase(
            testDescription: "a namespace that is not there",
            text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: nowhere\n",
            expected: ["bad.yaml:5:3: metadata.namespace: Not found: \"nowhere\""]
        ),
        BadCase(
            testDescription: "no namespace",
            text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n",
            expected: ["metadata.namespace: Required value"]
        ),
        BadCase(
            testDescription: "a good document before a bad one",
            text: namespace + "---\napiVersion: v1\nkind: Thing\n",
            expected: ["no matches for kind \"Thing\""]
        ),
        BadCase(
            testDescription: "an alias",
            text: "a: &x 1\nb: *x\n",
            expected: ["bad.yaml:"]
        ),
    ]

    @Test(arguments: bad)
    func aBadFileIsToldOnceAndChangesNothing(_ c: BadCase) async throws {
        let scratch = try ManifestScratch()
        try scratch.write("bad.yaml", c.text)
        for _ in 1...3 { try await scratch.look() }
        #expect(try await scratch.store.currentRevision() == 0)
        #expect(scratch.log.errors.count == 1)
        for text in c.expected { #expect(scratch.log.errors.first?.contains(text) == true, "\(scratch.log.errors)") }
    }

    @Test func aBadFileDoesNotStopTheOthersAndIsTakenUpWhenItIsRight() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("10-early.yaml", Self.configMapYAML("early", "1"))
        try scratch.write("20-bad.yaml", "{")
        try await scratch.look()
        #expect(try await scratch.store.currentRevision() == 0)
        // The namespace that the first file counts on comes after it, so it is taken up at the next change.
        try scratch.write("30-team.yaml", Self.namespace)
        try await scratch.look()
        #expect(try await scratch.store.currentRevision() == 1)
        try scratch.write("20-bad.yaml", Self.configMapYAML("late", "1"))
        try await scratch.look()
        #expect(try await scratch.store.list(Self.configMaps, namespace: "team").items.map(\.id.name) == ["early", "late"])
    }

    @Test func whatOthersAddedStaysAndWhatTheFileDropsGoes() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("a.yaml", Self.namespace)
        let file = { (data: String) in
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: team, labels: {mine: \"1\"}}\ndata: \(data)\n"
        }
        try scratch.write("b.yaml", file("{x: \"1\", y: \"2\"}"))
        try await scratch.look()
        var value = try await scratch.store.get(Self.configMap("a")).value
        value["metadata"]?["labels"]?["theirs"] = "2"
        let catalog = try ResourceCatalog.builtIn()
        let definition = try #require(catalog.definition(group: "", plural: "configmaps"))
        let admitted = try Admission(catalog: catalog).admit(value, as: definition, replacing: nil)
        _ = try await scratch.store.update(admitted.object, ifVersion: nil)
        try scratch.write("b.yaml", file("{x: \"11\"}"))
        try await scratch.look()
        let stored = try await scratch.store.get(Self.configMap("a")).value
        #expect(stored["data"] == ["x": "11"])
        #expect(stored.value(at: "metadata", "labels") == ["mine": "1", "theirs": "2"])
    }

    @Test func aRemovedFileRemovesNothing() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("a.yaml", Self.namespace)
        try await scratch.look()
        try scratch.remove("a.yaml")
        try await scratch.look()
        #expect(try await scratch.store.currentRevision() == 1)
    }

    @Test func onlyManifestsAreRead() async throws {
        let scratch = try ManifestScratch()
        for name in [".hidden.yaml", "notes.txt", "a.yaml~", "#a.yaml#"] { try scratch.write(name, "{") }
        try FileManager.default.createDirectory(atPath: "\(scratch.folder)/sub.yaml", withIntermediateDirectories: false)
        try await scratch.look()
        #expect(scratch.log.all.isEmpty)
    }

    @Test func aFileThatIsTooLargeIsRefused() async throws {
        let scratch = try ManifestScratch()
        try scratch.write("big.yaml", String(repeating: "#\n", count: 2 << 20))
        try await scratch.look()
        #expect(scratch.log.errors.first?.contains("at most") == true)
    }

    @Test func aFolderThatIsNotThereIsAnErrorOfTheLook() async throws {
        let scratch = try ManifestScratch()
        try FileManager.default.removeItem(atPath: scratch.folder)
        await #expect(throws: ManifestFolder.Failure.self) { try await scratch.look() }
    }
}
