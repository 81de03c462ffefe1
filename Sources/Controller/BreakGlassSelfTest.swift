import Certificates
import Client
import Crypto
import Foundation
import JSON
import Listening
import Reconcile
import Schema
import ServiceLifecycle
import Synchronization

/// Tries every hour whether the certificate in `admin.kubeconfig` opens the API: over TLS, as its holder would.
///
/// Each try carries a random proof that only this process knows, by which the API tells it from a use by a person.
final class BreakGlassSelfTest: Service, CustomStringConvertible {
    private static let patience = Duration.seconds(10)
    private static let answerLimit = 1 << 20
    private static let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"

    private struct State {
        var address: ListenAddress?
        var proof: String?
    }

    private let certificates: ClusterCertificates
    private let firstAfter: Duration
    private let interval: Duration
    private let now: @Sendable () -> Int64
    private let report: @Sendable (BreakGlassTest) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - report: told what came of each try.
    init(
        certificates: ClusterCertificates,
        firstAfter: Duration = .seconds(60),
        interval: Duration = .seconds(3600),
        now: @escaping @Sendable () -> Int64,
        report: @escaping @Sendable (BreakGlassTest) -> Void
    ) {
        self.certificates = certificates
        self.firstAfter = firstAfter
        self.interval = interval
        self.now = now
        self.report = report
    }

    var description: String { "test of the break-glass certificate" }

    func isListening(at address: ListenAddress) { state.withLock { $0.address = address } }

    /// Whether a request that carries this is one of ours. It counts once.
    func isOwn(_ proof: String) -> Bool {
        state.withLock { state in
            guard let own = state.proof, own.hasSameBytes(as: proof) else { return false }
            state.proof = nil
            return true
        }
    }

    func run() async {
        var pause = firstAfter
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
                report(BreakGlassTest(time: now(), failure: try await failure()))
            } catch {
                // The only error is that the service is to stop.
                return
            }
            pause = interval
        }
    }

    /// Why the certificate does not open the API; nil: it does.
    func failure() async throws(CancellationError) -> String? {
        do {
            let transport = try transport()
            do {
                let reply = try await transport.send(try request(), timeout: Self.patience, limit: Self.answerLimit)
                await transport.shutdown()
                return try Self.problem(with: reply)
            } catch {
                await transport.shutdown()
                throw error
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return (error as? any LocalizedError)?.errorDescription ?? "\(error)"
        }
    }

    /// Made anew each time, as the files may have been replaced, and for a handshake of its own.
    private func transport() throws -> HTTPTransport {
        func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }
        let files = certificates.administrator
        return try HTTPTransport(
            server: try server,
            trust: .roots(pem: Array(certificates.authority.pem.utf8)),
            credential: .certificate(
                chain: bytes(files.certificatePath),
                key: ClientConfiguration.SecretBytes(bytes(files.keyPath))
            )
        )
    }

    private func request() throws -> HTTPTransport.Request {
        let proof = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        state.withLock { $0.proof = proof }
        let review: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
        return HTTPTransport.Request(
            method: "POST",
            url: try server + Self.path,
            headers: [
                (name: "Content-Type", value: "application/json"), (name: "User-Agent", value: "postern-self-test"),
                (name: "X-Postern-Self-Test", value: proof),
            ],
            body: JSONWriter.bytes(of: review)
        )
    }

    /// An address that stands for all of this machine's is no place to connect to.
    private var server: String {
        get throws {
            guard let address = state.withLock({ $0.address }) else { throw NotListening() }
            let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][address.host] ?? address.host
            return "https://\(ListenAddress(host: host, port: address.port))"
        }
    }

    private static func problem(with reply: HTTPTransport.Reply) throws -> String? {
        guard reply.status == 201 else { return "the API answered \(reply.status)" }
        let user = try JSONParser.parse(reply.body).value(at: "status", "userInfo")
        guard user?["username"]?.stringValue == BreakGlassCertificate.bootstrapUser,
            user?["groups"].stringValues.contains(BreakGlassCertificate.administrators) == true
        else { return "the API takes its holder for somebody else" }
        return nil
    }

    private struct NotListening: LocalizedError {
        var errorDescription: String? { "the API does not listen yet" }
    }
}
