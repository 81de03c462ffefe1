import ArgumentParser
import Client
import Foundation
import JSON
import Schema
import Testing

@testable import ctl

/// Break-glass certificates as `ctl` shows and writes them.
struct BreakGlassTests {
    private static let now = Int64(Samples.now.timeIntervalSince1970)

    private static func object(
        _ name: String,
        expires: Int64?,
        used: Int64? = nil,
        from: String? = nil,
        refused: String? = nil,
        testError: String? = nil
    ) throws -> JSONValue {
        var status = BreakGlassCertificate.Status()
        status.username = expires == nil ? nil : BreakGlassCertificate.user(of: name)
        status.expirationTime = expires.map { Timestamp.text(of: now + $0) }
        status.lastUsedTime = used.map { Timestamp.text(of: now - $0) }
        status.lastUsedFrom = from
        status.lastTestError = testError
        if let refused {
            status.conditions = [Condition(type: "Ready", status: .false, reason: "WeakKey", message: refused)]
        }
        return try JSONValue(encoding: BreakGlassCertificate(metadata: ObjectMeta(name: name), status: status))
    }

    private static func certificate(_ object: JSONValue) throws -> BreakGlassCertificate {
        try object.decoded(as: BreakGlassCertificate.self)
    }

    @Test func listsThemWithTheirUse() throws {
        let list = try BreakGlassList([
            try Self.object("alice", expires: 28_000, used: 300, from: "kubectl/v1.34.0 at 192.0.2.7"),
            try Self.object("bob", expires: -60, used: 90_000, from: "evil\u{1B}[31m at 192.0.2.8"),
            try Self.object("carol", expires: nil),
            try Self.object("dave", expires: nil, refused: "the key is too weak"),
            try Self.object("system-admin", expires: 300_000_000, testError: "the API answered 401"),
        ])
        try Golden.expect(list.text(now: Self.now), "break-glass-list")
    }

    @Test func tellsWhatWasVerified() throws {
        let verified = try Self.certificate(try Self.object("system-admin", expires: 300_000_000, used: 2))
        try Golden.expect(verified.verdictText(now: Self.now), "break-glass-verify")
    }

    @Test(
        arguments: [
            ("system-admin", 30 * 86_400, nil), ("system-admin", 30 * 86_400 - 1, "the certificate expires in 29d: restart"),
            ("alice", 3_600, nil), ("alice", 3_599, "the certificate expires in 59m: issue another"),
        ] as [(String, Int64, String?)]
    )
    func warnsOfAnEndThatIsNear(_ name: String, _ left: Int64, _ warning: String?) throws {
        let text = try Self.certificate(try Self.object(name, expires: left)).expiryWarning(now: Self.now)
        #expect((text == nil) == (warning == nil) && text?.hasPrefix(warning ?? "") ?? true, "\(text ?? "")")
    }

    @Test func saysWhyACertificateIsRefused() {
        let revoked = APIFailure(code: 401, reason: "Unauthorized", message: "the break-glass certificate \"a\" has expired")
        let text = FailureReport(revoked)?.text ?? ""
        #expect(text.hasPrefix("error: You must be logged in to the server (the break-glass certificate \"a\" has expired)\n"))
        let silent = FailureReport(APIFailure(code: 401, body: nil))?.text ?? ""
        #expect(silent.hasPrefix("error: You must be logged in to the server (Unauthorized)\n"))
    }

    // MARK: - The kubeconfig

    private static func kubeconfig(_ trust: ClientConfiguration.Trust = .roots(pem: Array("CA".utf8))) -> BreakGlassKubeconfig {
        BreakGlassKubeconfig(
            name: "alice",
            certificatePEM: "CERTIFICATE",
            keyPEM: SecretText("KEY"),
            connection: ClientConfiguration(server: "https://192.0.2.1:6443", trust: trust)
        )
    }

    @Test func writesAKubeconfigOfItsOwn() throws {
        try Golden.expect(Self.kubeconfig().text(), "break-glass-kubeconfig")
        let text = Self.kubeconfig().text()
        let read = try Kubeconfig.parse(Array(text.utf8), source: "alice.kubeconfig")
        let configuration = try read.clientConfiguration(userAgent: "test")
        guard case .certificate(let chain, let key) = configuration.credential else {
            Issue.record("no certificate")
            return
        }
        #expect(chain == Array("CERTIFICATE".utf8) && key.bytes == Array("KEY".utf8))
        #expect(configuration.server == "https://192.0.2.1:6443")
        #expect(!Self.kubeconfig(.system).text().contains("certificate-authority"))
        #expect(Self.kubeconfig(.anyone).text().contains("insecure-skip-tls-verify: true"))
    }

    @Test func theFileIsItsOwnersAndReplacesNothing() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-glass-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "alice.kubeconfig").path
        try Self.kubeconfig().write(to: path, replaces: false)
        let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        #expect(throws: CommandFailure.self) { try Self.kubeconfig(.system).write(to: path, replaces: false) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.kubeconfig().text())
        try Self.kubeconfig(.system).write(to: path, replaces: true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.kubeconfig(.system).text())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["alice.kubeconfig"])
        #expect(throws: CommandFailure.self) { try Self.kubeconfig().write(to: "\(folder.path)/no/where", replaces: false) }
    }

    // MARK: - Arguments

    @Test(arguments: [
        (["--name", "alice"], true), (["--name", "alice", "--ttl", "10m"], true), (["--name", "alice", "--ttl", "24h"], true),
        (["--name", "alice", "--ttl", "9m59s"], false), (["--name", "alice", "--ttl", "24h1s"], false),
        (["--name", "../alice"], false), (["--name", ""], false), ([], false),
        (["--name", "alice", "-o", "-", "--force"], true),
    ])
    func takesWhatMakesSense(_ arguments: [String], _ isTaken: Bool) async {
        let isParsed: Bool
        do {
            _ = try await Ctl.asyncParseAsRoot(["break-glass", "issue"] + arguments)
            isParsed = true
        } catch {
            isParsed = false
        }
        #expect(isParsed == isTaken)
    }
}
