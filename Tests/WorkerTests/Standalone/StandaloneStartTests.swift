import ArgumentParser
import Durable
import Foundation
import NIOSSL
import Testing

@testable import Worker

/// What a worker without a controller needs to start, and what it says when that is missing.
struct StandaloneStartTests {
    @Test(
        arguments: [
            ([], nil),
            (["--name", "a"], nil),
            (["--name", "a", "--data", "d", "--tls-cert-file", "c"], nil),
            (["--name", "a", "--data", "d", "--allow-reserved-names"], nil),
            (["--authentication-config", "f"], nil),
            (["--authentication-config", "f", "--tls-cert-file", "c"], nil),
            (["--authentication-config", "f", "--data", "d", "--client-ca-file", "c"], nil),
            (["--authentication-config", "f", "--data", "d", "--controller", "https://c"], nil),
            (["--name", "a", "--data", "d"], .controller(name: "a", folder: "d", address: "https://127.0.0.1:6443")),
            (
                ["--name", "a", "--data", "d", "--controller", "https://c"],
                .controller(name: "a", folder: "d", address: "https://c")
            ),
            (["--authentication-config", "f", "--data", "d"], .file("f", ServingFiles(folder: "d"))),
            (
                ["--authentication-config", "f", "--tls-cert-file", "c", "--tls-private-key-file", "k"],
                .file("f", ServingFiles(certificateChain: "c", privateKey: "k", clientAuthority: nil))
            ),
        ] as [([String], WorkerProgram.Source?)]
    )
    func knowsWhereItsConfigurationComesFrom(_ arguments: [String], _ source: WorkerProgram.Source?) throws {
        let program = try #require(try WorkerProgram.parseAsRoot(arguments) as? WorkerProgram)
        if let source {
            #expect(try program.source() == source)
        } else {
            #expect(throws: ValidationError.self) { try program.source() }
        }
    }

    @Test func saysWhichServingFileIsBadAndWhy() throws {
        let pki = try TestPKI()
        defer { pki.remove() }
        let other = try TestPKI()
        defer { other.remove() }
        let (certificate, key) = ("\(pki.worker)/serving.crt", "\(pki.worker)/serving.key")
        let cases: [(ServingFiles, file: String, why: String)] = [
            (.init(certificateChain: "/none", privateKey: key, clientAuthority: nil), "/none", "no such file"),
            (.init(certificateChain: pki.worker, privateKey: key, clientAuthority: nil), pki.worker, "it is a folder"),
            (.init(certificateChain: key, privateKey: key, clientAuthority: nil), key, "it holds no certificate"),
            (
                .init(certificateChain: certificate, privateKey: certificate, clientAuthority: nil), certificate,
                "no private key"
            ),
            (
                .init(certificateChain: certificate, privateKey: "\(other.worker)/serving.key", clientAuthority: nil),
                "\(other.worker)/serving.key", "it does not belong to the certificate in \(certificate)"
            ),
            (.init(certificateChain: certificate, privateKey: key, clientAuthority: key), key, "it holds no certificate"),
        ]
        for (files, file, why) in cases {
            let problem = #expect(throws: ServingFiles.Problem.self) { try files.context() }
            #expect(problem?.file == file)
            #expect(problem?.why.contains(why) == true, "\(problem?.why ?? "")")
        }
        #expect(throws: Never.self) { try ServingFiles(folder: pki.worker).context() }
    }

    @Test func readsFilesUpToTheirBound() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("f")
        try Data("abc".utf8).write(to: URL(filePath: path))
        #expect(try BoundedFile(path: path, limit: 3).read() == Array("abc".utf8))
        let problem = #expect(throws: BoundedFile.Problem.self) { try BoundedFile(path: path, limit: 2).read() }
        #expect(problem?.description == "\(path): it has more than 2 bytes")
    }

    /// A pipe at the place of the file would otherwise hold the watch until somebody writes to it. Here it is full, so that nobody waits.
    @Test func refusesAPipe() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("f")
        try #require(mkfifo(path, 0o600) == 0)
        let pipe = FileHandle(fileDescriptor: open(path, O_RDWR | O_NONBLOCK), closeOnDealloc: true)
        try pipe.write(contentsOf: Data("abc".utf8))
        let problem = #expect(throws: BoundedFile.Problem.self) { try BoundedFile(path: path, limit: 2).read() }
        #expect(problem?.description == "\(path): it is a pipe, not a file")
    }

    @Test func refusesAFileWithEverythingThatIsWrong() throws {
        let text = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            jwt:
            - issuer: {url: "http://a.example", audiences: []}
              claimMappings: {username: {claim: sub, prefix: ""}}
            """
        let refusal = #expect(throws: LoadedConfiguration.Refusal.self) {
            try LoadedConfiguration(Array(text.utf8), source: "auth.yaml", revision: 1, allowsReservedNames: false)
        }
        #expect(refusal?.description.hasPrefix("auth.yaml has 2 problems:\n") == true)
        let egress = text.replacing("http:", with: "https:").replacing("[]", with: "[a], egressSelectorType: cluster")
        #expect(throws: LoadedConfiguration.Refusal.self) {
            try LoadedConfiguration(Array(egress.utf8), source: "auth.yaml", revision: 1, allowsReservedNames: false)
        }
    }

    @Test func namesAContentByItsBytes() throws {
        let text = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: []\n"
        let loaded = try LoadedConfiguration(Array(text.utf8), source: "auth.yaml", revision: 1, allowsReservedNames: false)
        #expect(loaded.hash == "sha256:6495e1f64ff666caec31ad787f7aa8186fc2d3c6109b071e5df2b67ce6dbfe9f")
    }

    @Test func countsUnderKubernetesNames() {
        let metrics = ReloadMetrics(hash: "sha256:0")
        metrics.failed(now: 1_700_000_000.5)
        metrics.succeeded(hash: "sha256:1", now: 1_700_000_001)
        #expect(
            metrics.text == """
                # HELP apiserver_authentication_config_controller_automatic_reloads_total Changes of the configuration file, by how \
                they ended.
                # TYPE apiserver_authentication_config_controller_automatic_reloads_total counter
                apiserver_authentication_config_controller_automatic_reloads_total{status="success"} 1
                apiserver_authentication_config_controller_automatic_reloads_total{status="failure"} 1
                # HELP apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds When a change ended so last.
                # TYPE apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds gauge
                apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{status="success"} 1700000001.0
                apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{status="failure"} 1700000000.5
                # HELP apiserver_authentication_config_controller_last_config_info The content of the configuration file that is in \
                force.
                # TYPE apiserver_authentication_config_controller_last_config_info gauge
                apiserver_authentication_config_controller_last_config_info{hash="sha256:1"} 1

                """
        )
    }
}
