import ArgumentParser
import Client
import Foundation
import JSON
import Schema
import Testing

@testable import ctl

struct ArgumentTests {
    struct Words: CustomTestStringConvertible, Sendable {
        let words: [String]
        /// nil: refused.
        let references: [String]?
        var testDescription: String { words.joined(separator: " ") }
    }

    static let words = [
        Words(words: ["co"], references: ["co"]),
        Words(words: ["co", "a", "b"], references: ["co/a", "co/b"]),
        Words(words: ["co,authentication"], references: ["co", "authentication"]),
        Words(words: ["co/a", "secret/b"], references: ["co/a", "secret/b"]),
        Words(words: ["co/a", "b"], references: nil),
        Words(words: ["co/"], references: nil),
        Words(words: ["a/b/c"], references: nil),
        Words(words: [], references: nil),
    ]

    @Test(arguments: words)
    func readsReferences(_ c: Words) {
        let references = try? ObjectReference.parse(c.words)
        #expect(references?.map { $0.type + ($0.name.map { "/\($0)" } ?? "") } == c.references)
    }

    @Test(arguments: [
        ("60s", 60_000), ("1m30s", 90_000), ("250ms", 250), ("2h", 7_200_000), ("0", 0), ("45", 45_000), ("", -1), ("s", -1),
        ("5x", -1), ("7d", 604_800_000), ("1d12h", 129_600_000),
        ("-5s", -1), ("99999999999999999999s", -1), ("9999999999h9999999999h", -1),
    ])
    func readsDurations(_ text: String, _ milliseconds: Int64) {
        let expected: Duration? = milliseconds < 0 ? nil : .milliseconds(milliseconds)
        #expect(GoDuration(argument: text)?.duration == expected)
    }

    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (185, "3m5s"), (600, "10m"), (10_800, "3h"), (11_520, "3h12m"), (100_000, "27h"),
        (172_800, "2d"), (180_000, "2d2h"), (700_000, "8d"), (70_000_000, "2y"), (-5, "0s"),
    ])
    func shortensAges(_ seconds: Int64, _ text: String) { #expect(Age.text(of: seconds) == text) }

    @Test func readsWhatToWaitFor() {
        #expect(Wait.Expectation(argument: "condition=Ready") == .condition("Ready", status: "True"))
        #expect(Wait.Expectation(argument: "condition=Progressing=False") == .condition("Progressing", status: "False"))
        #expect(Wait.Expectation(argument: "delete") == .delete)
        #expect(Wait.Expectation(argument: "jsonpath={.status.a}=b") == .jsonpath(".status.a", value: "b"))
        #expect(Wait.Expectation(argument: "jsonpath={.a[?(@.b==\"c\")].d}=e") == .jsonpath(".a[?(@.b==\"c\")].d", value: "e"))
        #expect(Wait.Expectation(argument: "jsonpath={.status.a}") == .jsonpath(".status.a", value: nil))
        #expect(Wait.Expectation(argument: "nonsense") == nil)
        #expect(Wait.Expectation(argument: "condition") == nil)
    }

    @Test func aConditionAboutAnOlderGenerationIsNotMet() {
        let object = { (seen: Int64) -> JSONValue in
            [
                "metadata": ["generation": 2],
                "status": ["conditions": [["type": "Progressing", "status": "False", "observedGeneration": .integer(seen)]]],
            ]
        }
        let wanted = Wait.Expectation.condition("progressing", status: "false")
        #expect(wanted.isMet(by: object(2)))
        #expect(!wanted.isMet(by: object(1)))
        #expect(!wanted.isMet(by: nil))
        #expect(Wait.Expectation.delete.isMet(by: nil))
    }

    /// Each line is typed somewhere in the documentation or the demo.
    @Test(arguments: [
        "get authentication", "get co kube-apiserver -w", "get secrets -n openshift-config -o yaml",
        "get co -o jsonpath={.items}",
        "get nodes -A -o wide", "describe authentication cluster", "apply -f a.yaml --dry-run=server", "apply -f -",
        "create secret generic console-secret --from-literal=clientSecret=x -n openshift-config",
        "create secret generic s --from-file=htpasswd=users",
        "create configmap idp-ca --from-file=ca-bundle.crt=ca.crt -n openshift-config",
        "patch authentication.config/cluster --type=merge -p=spec:",
        "patch authentication.config/cluster --type merge -p spec:",
        "rollout status --timeout=60s", "rollout status --watch=false", "rollout history", "rollout undo --to-revision=3",
        "preflight -f a.yaml", "preflight -f a.yaml -f - --context b", "rollout diff", "rollout diff 7", "rollout diff 7 9",
        "rollout pause", "rollout pause authentication/cluster",
        "rollout resume", "rollout restart --reason=keys", "rollout restart authentication/cluster",
        "validate -f a.yaml --previous b.yaml -o yaml",
        "login https://127.0.0.1:9443 -u bob -p x --certificate-authority=ca.crt", "whoami -t",
        "auth whoami", "config view --raw -o json", "config use-context a",
        "wait co/kube-apiserver --for=condition=Progressing=False --timeout=8s",
        "cel eval -e claims.a --claims -", "explain authentication.spec", "api-resources", "version --client",
        "delete secret a b", "edit co/a",
        "diff -f a.yaml", "diff -f a.yaml --server-side -R", "get -f a.yaml -R", "get co -L a -L b --sort-by=.metadata.name",
        "get co -w --watch-only --output-watch-events", "get co -o custom-columns=A:.a --no-headers --show-kind",
        "auth can-i get secrets/x -n mine", "auth can-i get /metrics -q", "auth can-i --list --no-headers",
        "auth whoami -o yaml",
        "api-resources -o wide --namespaced=true --verbs=get,list --sort-by=kind", "api-versions",
        "apply -f a -f b --prune --all --prune-allowlist=core/v1/Secret -o name", "apply -f a --server-side --force-conflicts",
        "delete secrets -l a=b -A --cascade=foreground --wait=false", "delete -f a.yaml -o name",
        "wait nodes --all --for=create",
        "config set-context --current -n mine", "config set-context a --cluster b --user c", "config rename-context a b",
        "config delete-context a", "config get-contexts -o name", "config view --minify -o jsonpath={..namespace}",
        "config set-cluster a --server https://x --certificate-authority ca --embed-certs",
        "config set-credentials a --token=t",
        "config get-clusters", "config get-users", "config delete-user a", "config delete-cluster a", "completion fish",
        "get co -s https://x --cluster a --user b --request-timeout=5s",
        "get co --as jane --as-group a --as-group b --as-uid 7 --tls-server-name x",
    ])
    func takesTheCommand(_ line: String) async throws {
        _ = try await Ctl.asyncParseAsRoot(line.split(separator: " ").map(String.init))
    }

    struct Line: CustomTestStringConvertible, Sendable {
        let typed: String
        let read: String
        var testDescription: String { typed }
    }

    static let lines = [
        Line(typed: "--kubeconfig X get co", read: "get --kubeconfig X co"),
        Line(
            typed: "--kubeconfig=X --insecure-skip-tls-verify -n ns get co",
            read: "get --kubeconfig=X --insecure-skip-tls-verify -n ns co"
        ),
        Line(typed: "--context a rollout -n ns history --server s", read: "rollout history --context a -n ns --server s"),
        Line(typed: "--as jane --as-group=a get co", read: "get --as jane --as-group=a co"),
        Line(typed: "-n ns create -f a.yaml", read: "create -n ns -f a.yaml"),
        Line(
            typed: "-n ns create secret generic x --from-literal=a=b",
            read: "create secret generic -n ns x --from-literal=a=b"
        ),
        Line(typed: "-n ns create secret x", read: "create secret -n ns x"),
        Line(typed: "--token t config view", read: "config view --token t"),
        Line(typed: "-n ns validate -f a.yaml", read: "validate -n ns -f a.yaml"),
        Line(typed: "--token t explain co", read: "explain co"),
        Line(typed: "--token t cel eval -e 1 --token u", read: "cel eval -e 1 --token u"),
        Line(typed: "get co --server s", read: "get co --server s"),
        Line(typed: "-n ns rollout", read: "rollout"),
        Line(typed: "-n ns --help", read: "--help"),
        Line(typed: "--context x foo", read: "foo"),
        Line(typed: "--kubeconfig", read: "--kubeconfig"),
        Line(typed: "--version", read: "--version"),
        Line(typed: "", read: ""),
    ]

    @Test(arguments: lines)
    func flagsOfTheConnectionMayStandBeforeTheCommand(_ line: Line) {
        #expect(LeadingFlags.moved(line.typed.split(separator: " ").map(String.init)).joined(separator: " ") == line.read)
    }

    @Test(
        arguments: lines.filter {
            ["get", "create", "rollout ", "config", "validate", "cel", "explain"].contains(where: $0.read.hasPrefix)
        }
    )
    func theParserTakesWhatWasMoved(_ line: Line) async throws {
        _ = try await Ctl.asyncParseAsRoot(line.read.split(separator: " ").map(String.init))
    }

    @Test(
        arguments: [
            (["KUBE_EDITOR": "a", "EDITOR": "b"], true, "a"), (["EDITOR": "b"], false, "b"), (["EDITOR": ""], true, "vi"),
            ([:], true, "vi"), ([:], false, nil),
        ] as [([String: String], Bool, String?)]
    )
    func choosesAnEditor(_ environment: [String: String], _ isInteractive: Bool, _ command: String?) {
        #expect(ExternalEditor.command(environment: environment, isInteractive: isInteractive) == command)
    }

    @Test(arguments: [("/a/b.c", "/a/b.c"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("ü", "'ü'")])
    func quotesForTheShell(_ word: String, _ quoted: String) { #expect(ShellWord.quoted(word) == quoted) }

    @Test func oneUnreadableFileDoesNotHideTheOthers() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("a: [".utf8).write(to: URL(filePath: "\(folder)/a.yaml"))
        try Data("kind: A\n---\nkind: B\n".utf8).write(to: URL(filePath: "\(folder)/b.yaml"))
        let input = ManifestFiles.readAll(["\(folder)/none.yaml", folder])
        #expect(input.manifests.map(\.kind) == ["A", "B"])
        let texts = input.failures.compactMap { FailureReport($0)?.text }
        #expect(texts.count == 2 && texts[0].contains("none.yaml") && texts[1].contains("a.yaml:"))
        #expect(throws: (any Error).self) { try ManifestFiles.read([folder]) }
    }

    @Test(arguments: ["", "/"])
    func namesTheFilesOfAFolderAsPathsAreWritten(_ ending: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("kind: A\n".utf8).write(to: URL(filePath: "\(folder)/a.yaml"))
        let manifest = try #require(try ManifestFiles.read([folder + ending]).first)
        #expect(manifest.source == "\(folder)/a.yaml")
    }

    @Test(arguments: [(300, 1), (5_000, 5), (1_500, 2), (600_000, 300)])
    func aWatchEndsAfterTheTimeOfARequest(milliseconds: Int, seconds: Int) {
        var configuration = ClientConfiguration(server: "https://127.0.0.1:1")
        ConnectionOptions.limit(&configuration, to: .milliseconds(milliseconds))
        #expect(configuration.requestTimeout == .milliseconds(milliseconds))
        #expect(configuration.watchTimeout == .seconds(seconds))
    }

    /// Nothing answers there: a watch that began once more would fail.
    @Test func aWatchIsNotBegunAgainAfterItsTime() async throws {
        try await ControllerClient.with(ClientConfiguration(server: "http://127.0.0.1:1")) { client in
            let session = Session(client: client, namespace: "default", isNamespaceGiven: false, watchTime: .zero)
            let resource = APIResource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)
            let target = Target(resource: resource, name: nil, namespace: "default")
            let group = try #require(ObjectReading.byResource([target]).first)
            try await ObjectReading(session: session).watch(group, after: "1", accept: "application/json") { _ in }
        }
    }

    @Test func readsEntriesOfSecrets() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data([0xFF, 0x00]).write(to: URL(filePath: "\(folder)/binary"))
        try Data("text".utf8).write(to: URL(filePath: "\(folder)/plain"))
        let sources = try DataSources.parse(["--from-literal=a=b=c", "--from-file=\(folder)", "--from-file=k=\(folder)/plain"])
        let entries = try sources.entries()
        #expect(
            entries == ["a": Array("b=c".utf8), "binary": [0xFF, 0x00], "plain": Array("text".utf8), "k": Array("text".utf8)]
        )
        let object = CreateConfigMap.object("m", entries)
        #expect(object["binaryData"] == ["binary": "/wA="])
        #expect(object.value(at: "data", "a") == "b=c")
        #expect(throws: CommandFailure.self) { try DataSources.parse(["--from-literal=a=1", "--from-literal=a=2"]).entries() }
        let failure = #expect(throws: CommandFailure.self) { try DataSources.parse(["--from-literal=hunter2"]).entries() }
        #expect(failure?.message.contains("hunter2") == false)
    }
}
