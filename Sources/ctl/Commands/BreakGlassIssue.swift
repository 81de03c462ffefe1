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
            let certificates = CertificateObject(
                client: session.client,
                list: BreakGlassList.path,
                one: { BreakGlassList.path(of: $0) }
            )
            try await certificates.issue(object(key)) { signed in
                let status = try signed.decoded(as: BreakGlassCertificate.self).status
                let kubeconfig = BreakGlassKubeconfig(
                    name: name,
                    certificatePEM: status?.certificate ?? "",
                    keyPEM: SecretText(key.keyPEM),
                    connection: session.client.configuration
                )
                guard path != "-" else { return Terminal.output.write(kubeconfig.text()) }
                try kubeconfig.write(to: path, replaces: force)
                Terminal.output.line(
                    "\(path): the break-glass certificate of \(name), valid until \(status?.expirationTime ?? "")"
                )
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
}
