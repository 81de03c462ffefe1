import ArgumentParser
import Certificates
import Client
import Foundation
import JSON
import Schema

struct BreakGlassIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Makes a short-lived certificate that may do everything, in somebody's name.",
        discussion: """
            ctl break-glass issue --name alice --ttl 8h -o alice.kubeconfig
            The key is made here and goes nowhere but into the file. ctl delete breakglasscertificate alice revokes the certificate.
            """
    )

    private static let lifetimes = Duration.seconds(600)...Duration.seconds(86_400)
    private static let patience = Duration.seconds(30)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Whom the certificate is for; events and the audit log name them.")
    var name: String
    @Option(help: ArgumentHelp("How long the certificate is valid: 10m to 24h.", valueName: "duration"))
    var ttl = GoDuration(.seconds(86_400))
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The kubeconfig to write; - is standard output. (default: NAME.kubeconfig)", valueName: "file"),
        completion: .file()
    )
    var output: String?
    @Flag(help: "Replace the file if it is there.")
    var force = false

    func validate() throws {
        guard Self.lifetimes.contains(ttl.duration) else { throw ValidationError("--ttl must be 10m to 24h") }
        guard !name.isEmpty, !name.contains("/") else { throw ValidationError("--name must be the name of an object") }
    }

    func run() async throws {
        let path = output ?? "\(name).kubeconfig"
        // Better found out before there is a certificate.
        guard path == "-" || force || !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure("\(path) is there already; choose another file with -o, or replace it with --force")
        }
        let key = try KeyAndRequest.make(commonName: name)
        try await connection.withSession { session in
            _ = try await session.client.create(BreakGlassList.path, object(key))
            do {
                let certificate = try await signed(session.client)
                let kubeconfig = BreakGlassKubeconfig(
                    name: name,
                    certificatePEM: certificate.status?.certificate ?? "",
                    keyPEM: SecretText(key.keyPEM),
                    connection: session.client.configuration
                )
                guard path != "-" else { return Terminal.output.write(kubeconfig.text()) }
                try kubeconfig.write(to: path, replaces: force)
                Terminal.output.line(
                    "\(path): the break-glass certificate of \(name), valid until \(certificate.status?.expirationTime ?? "")"
                )
            } catch {
                // A certificate that nobody can use must not count.
                try await revoke(session.client, after: error)
            }
        }
    }

    private func object(_ key: KeyAndRequest) -> JSONValue {
        [
            "apiVersion": .string(BreakGlassCertificate.apiVersion), "kind": .string(BreakGlassCertificate.kind),
            "metadata": ["name": .string(name)],
            "spec": ["request": .string(key.requestPEM), "ttlSeconds": .integer(ttl.duration.components.seconds)],
        ]
    }

    private func signed(_ client: ControllerClient) async throws -> BreakGlassCertificate {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let certificate = try await client.get(BreakGlassList.path(of: name)).decoded(as: BreakGlassCertificate.self)
            if certificate.status?.certificate != nil { return certificate }
            if let refusal = certificate.refusal {
                throw CommandFailure("the certificate is refused: \(PrintableText.of(refusal))")
            }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    "the controller has not signed the certificate after \(Self.patience.components.seconds) s"
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func revoke(_ client: ControllerClient, after error: any Error) async throws {
        do {
            try await client.delete(BreakGlassList.path(of: name))
        } catch let failure {
            throw Failures([error, failure])
        }
        throw error
    }
}
