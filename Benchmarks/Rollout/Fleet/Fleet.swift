import Certificates
import Client
import Foundation

/// `fleet --server URL --data DIR --workers N`: so many workers in one process, for measuring what a controller makes of them.
///
/// Each has a certificate, connections and a watch of its own and does towards the controller what a worker does: it reads its revision
/// and reports, at once, soon after and as a heartbeat. It judges no tokens. Ends by SIGTERM.
@main
struct Fleet {
    static func main() async throws {
        guard let options = FleetOptions(CommandLine.arguments.dropFirst()) else {
            print("usage: fleet --server URL --data DIR --workers N")
            exit(2)
        }
        let now = Date()
        let certificates = try ClusterCertificates.open(dataFolder: options.data, now: now)
        let word = ControllerWord()
        let workers = try (0..<options.workers).map { number in
            let name = "worker-\(number)"
            let identity = ProcessIdentity.worker(name: name)
            let issued = try certificates.authority.issue(
                CertificateRequest(commonName: identity.commonName, organizations: identity.organizations, use: .client),
                now: now
            )
            var configuration = ClientConfiguration(server: options.server, userAgent: "authenticator")
            configuration.trust = .roots(pem: Array(certificates.authority.pem.utf8))
            configuration.credential = .certificate(
                chain: Array(issued.certificatePEM.utf8),
                key: .init(Array(issued.keyPEM.utf8))
            )
            return try FleetWorker(name: name, configuration: configuration, word: word)
        }
        await withTaskGroup(of: Void.self) { group in
            for worker in workers {
                group.addTask { await worker.follow() }
                group.addTask { await worker.tell() }
            }
            group.addTask {
                while !Task.isCancelled {
                    for worker in workers { worker.beat() }
                    // Ends early only when the fleet ends.
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
            await group.waitForAll()
        }
    }
}
