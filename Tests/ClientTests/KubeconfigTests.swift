import Durable
import Foundation
import JSON
import Testing

@testable import Client

struct KubeconfigTests {
    private static let yaml = """
        apiVersion: v1
        kind: Config
        current-context: admin
        clusters:
        - name: local
          cluster: {server: "https://127.0.0.1:6443", certificate-authority: ca.crt, x-own: kept}
        users:
        - name: admin
          user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
        - name: bob
          user: {token: secret-token}
        - name: plugin
          user: {exec: {command: oc}}
        contexts:
        - name: admin
          context: {cluster: local, user: admin, namespace: openshift-config}
        - name: bob
          context: {cluster: local, user: bob}
        - name: plugin
          context: {cluster: local, user: plugin}
        """

    private func scratch() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    @Test func embeddedAndFiledCredentials() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(Self.yaml, to: "\(folder)/config")
        try write("AUTHORITY", to: "\(folder)/ca.crt")
        let kubeconfig = try KubeconfigFiles(flag: "\(folder)/config", environment: [:]).load()
        let configuration = try kubeconfig.clientConfiguration(userAgent: "test")
        #expect(configuration.server == "https://127.0.0.1:6443")
        guard case .roots(let pem) = configuration.trust, case .certificate(let chain, let key) = configuration.credential
        else {
            Issue.record("the authority and the certificate are not there")
            return
        }
        // The file's name is relative to the kubeconfig.
        #expect(pem == Array("AUTHORITY".utf8))
        #expect(chain == Array("CERT".utf8))
        #expect(key.bytes == Array("KEY".utf8))
        #expect("\(key)" == "<secret>")
        #expect(try kubeconfig.namespace(.init()) == "openshift-config")
    }

    @Test func flagsStandAboveTheFile() throws {
        let kubeconfig = try Kubeconfig.parse(Array(Self.yaml.utf8), source: "test")
        var overrides = ConnectionOverrides()
        overrides.context = "bob"
        overrides.server = "https://other"
        overrides.skipsVerification = true
        overrides.namespace = "mine"
        let configuration = try kubeconfig.clientConfiguration(overrides, userAgent: "test")
        guard case .token(let token) = configuration.credential, case .anyone = configuration.trust else {
            Issue.record("bob's token and no verification were expected")
            return
        }
        #expect(token.expose() == "secret-token")
        #expect("\(token)" == "<secret>")
        #expect(configuration.server == "https://other")
        #expect(try kubeconfig.namespace(overrides) == "mine")
    }

    @Test func clusterAndUserMayBeChosenByThemselves() throws {
        let kubeconfig = try Kubeconfig.parse(
            Array(
                """
                current-context: a
                clusters: [{name: a, cluster: {server: "https://a"}}, {name: b, cluster: {server: "https://b"}}]
                users: [{name: a, user: {token: one}}, {name: b, user: {token: two}}]
                contexts: [{name: a, context: {cluster: a, user: a}}]
                """.utf8
            ),
            source: "test"
        )
        var overrides = ConnectionOverrides()
        overrides.cluster = "b"
        overrides.user = "b"
        let configuration = try kubeconfig.clientConfiguration(overrides, userAgent: "test")
        guard case .token(let token) = configuration.credential else {
            Issue.record("a token was expected")
            return
        }
        #expect(configuration.server == "https://b" && token.expose() == "two")
        // A name that is wrong must not fall back to the context's.
        overrides.user = "c"
        let failure = #expect(throws: InvalidKubeconfig.self) {
            try kubeconfig.clientConfiguration(overrides, userAgent: "test")
        }
        #expect(failure?.message == "user \"c\" does not exist; there are: a, b")
    }

    @Test func aRenamedEntryStaysInItsFile() throws {
        let folder = try scratch()
        try write(
            "current-context: b\ncontexts: [{name: a, context: {cluster: c, user: u, extra: kept}}]\n",
            to: "\(folder)/one"
        )
        try write("contexts: [{name: b, context: {cluster: c, user: u, namespace: mine}}]\n", to: "\(folder)/two")
        let files = KubeconfigFiles(flag: nil, environment: ["KUBECONFIG": "\(folder)/one:\(folder)/two"])
        try files.apply([.rename(.contexts, "b", to: "d"), .rename(.contexts, "a", to: "e")])
        let (one, two) = (
            try KubeconfigFiles(flag: "\(folder)/one", environment: [:]).load(),
            try KubeconfigFiles(flag: "\(folder)/two", environment: [:]).load()
        )
        #expect(one.names(.contexts) == ["e"] && one.currentContext == "d" && one[.contexts, "e"]?["extra"] == "kept")
        #expect(two.names(.contexts) == ["d"] && two.context("d")?.namespace == "mine")
    }

    @Test func saysThatAFileCannotBeWritten() throws {
        let folder = try scratch()
        try write("a file", to: "\(folder)/file")
        let files = KubeconfigFiles(flag: nil, environment: ["KUBECONFIG": "\(folder)/file/config"])
        let failure = #expect(throws: InvalidKubeconfig.self) { try files.apply([.currentContext("a")]) }
        #expect(failure?.message.hasPrefix("cannot write the kubeconfig \(folder)/file/config: ") == true)
    }

    struct LoginFiles: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The files of the list: `admin` is as the controller writes it, `used` the same with bob's context current.
        let list: [String]
        /// The files a login may change; nil: refused.
        let files: [String]?
    }

    @Test(arguments: [
        LoginFiles(testDescription: "one's own", list: ["own"], files: ["own"]),
        LoginFiles(testDescription: "one that is still to be made", list: ["new"], files: ["new"]),
        LoginFiles(testDescription: "the administrator's", list: ["admin"], files: nil),
        LoginFiles(testDescription: "before the administrator's", list: ["own", "new", "admin"], files: ["own", "new"]),
        LoginFiles(testDescription: "behind it, where it would not count", list: ["admin", "own"], files: nil),
        LoginFiles(testDescription: "a login was written there already", list: ["used"], files: ["used"]),
    ])
    func noLoginChangesTheAdministratorsFile(_ c: LoginFiles) throws {
        let folder = try scratch()
        let admin = """
            current-context: admin
            clusters: [{name: postern, cluster: {server: "https://x"}}]
            users: [{name: admin, user: {client-certificate-data: QQ==, client-key-data: QQ==}}, {name: bob, user: {token: t}}]
            contexts: [{name: admin, context: {cluster: postern, user: admin}}, {name: bob, context: {cluster: postern, user: bob}}]
            """
        try write(admin, to: "\(folder)/admin")
        try write(admin.replacing("current-context: admin", with: "current-context: bob"), to: "\(folder)/used")
        // A certificate under another name is somebody's own.
        try write(Self.yaml, to: "\(folder)/own")
        let list = c.list.map { "\(folder)/\($0)" }.joined(separator: ":")
        let files = KubeconfigFiles(flag: nil, environment: ["KUBECONFIG": list])
        guard let expected = c.files else {
            let refusal = #expect(throws: AdministratorsKubeconfig.self) { try files.forLogin() }
            #expect(refusal?.path == "\(folder)/admin")
            return
        }
        let changed = try files.forLogin()
        #expect(changed.paths == expected.map { "\(folder)/\($0)" })
        try changed.apply([.set(.users, name: "eve", ["token": "t"]), .currentContext("eve")])
        #expect(try String(contentsOfFile: "\(folder)/admin", encoding: .utf8) == admin)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let yaml: String
        var context: String?
        let says: String
    }

    static let refusals = [
        Refusal(testDescription: "no server", yaml: "{}", says: "there is no server to talk to"),
        Refusal(
            testDescription: "unknown context",
            yaml: yaml,
            context: "x",
            says: "context \"x\" does not exist; there are: admin, bob, plugin"
        ),
        Refusal(
            testDescription: "exec plugin",
            yaml: yaml.replacing("certificate-authority: ca.crt, ", with: ""),
            context: "plugin",
            says: "apiVersion must be specified for plugin to use exec authentication plugin"
        ),
        Refusal(testDescription: "missing file", yaml: yaml, context: "bob", says: "cannot read ca.crt"),
        Refusal(testDescription: "another kind", yaml: "kind: Secret", says: "its kind is Secret"),
        Refusal(testDescription: "not a map", yaml: "[a]", says: "not one map"),
        Refusal(testDescription: "broken", yaml: "a: [", says: "test:"),
        Refusal(testDescription: "alias", yaml: "a: &x 1\nb: *x", says: "alias"),
    ]

    @Test(arguments: refusals)
    func saysWhatIsWrong(_ refusal: Refusal) {
        var overrides = ConnectionOverrides()
        overrides.context = refusal.context
        let failure = #expect(throws: InvalidKubeconfig.self) {
            let kubeconfig = try Kubeconfig.parse(Array(refusal.yaml.utf8), source: "test")
            _ = try kubeconfig.clientConfiguration(overrides, userAgent: "test")
        }
        #expect(failure?.message.contains(refusal.says) == true, "\(failure?.message ?? "")")
    }

    @Test func theFirstOfSeveralFilesWins() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("{current-context: a, users: [{name: u, user: {token: first}}]}", to: "\(folder)/1")
        try write(
            "{current-context: b, users: [{name: u, user: {token: second}}, {name: v, user: {token: third}}]}",
            to: "\(folder)/2"
        )
        let files = KubeconfigFiles(flag: nil, environment: ["KUBECONFIG": "\(folder)/1:\(folder)/missing:\(folder)/2"])
        let kubeconfig = try files.load()
        #expect(kubeconfig.currentContext == "a")
        #expect(kubeconfig[.users, "u"]?["token"] == "first")
        #expect(kubeconfig[.users, "v"]?["token"] == "third")
    }

    @Test func changesGoWhereTheEntryIs() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("{preferences: {x: 1}}", to: "\(folder)/1")
        try write("{current-context: b, users: [{name: v, user: {token: old}}]}", to: "\(folder)/2")
        let files = KubeconfigFiles(flag: nil, environment: ["KUBECONFIG": "\(folder)/1:\(folder)/2"])
        try files.apply([
            .set(.users, name: "v", ["token": "new"]), .set(.users, name: "w", ["token": "w"]), .currentContext("c"),
        ])
        let first = try KubeconfigFiles(flag: "\(folder)/1", environment: [:]).load()
        let second = try KubeconfigFiles(flag: "\(folder)/2", environment: [:]).load()
        #expect(first.document["preferences"] == ["x": 1])
        #expect(first[.users, "w"]?["token"] == "w")
        #expect(second[.users, "v"]?["token"] == "new")
        #expect(second.currentContext == "c")
        #expect(first.currentContext == nil)
    }

    @Test func makesAFileThatOnlyTheOwnerReads() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = KubeconfigFiles(flag: nil, environment: ["HOME": folder])
        #expect(files.paths == ["\(folder)/.kube/config"])
        try files.apply([.set(.users, name: "u", ["token": "t"])])
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/.kube/config")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try files.load()[.users, "u"]?["token"] == "t")
    }

    @Test func anEmptyFileIsAnEmptyKubeconfig() throws {
        #expect(try KubeconfigFiles(flag: "/dev/null", environment: [:]).load() == Kubeconfig())
    }

    @Test(arguments: [
        ("k", ""), ("config", ""), ("./k", "."), ("a/b/k", "a/b"), ("/k", "/"), ("/a//k", "/a"), ("a/k/", "a"), ("/", "/"),
        ("", ""),
    ])
    func findsTheFolderOfAFile(_ path: String, _ folder: String) {
        #expect(FilePath.folder(of: path) == folder)
    }

    @Test func aFileNamedByAFlagMustExist() {
        let failure = #expect(throws: InvalidKubeconfig.self) {
            try KubeconfigFiles(flag: "/nonexistent/config", environment: [:]).load()
        }
        #expect(failure?.message.contains("/nonexistent/config") == true)
    }
}
