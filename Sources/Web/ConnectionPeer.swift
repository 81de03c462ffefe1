package import Listening
package import NIOCore
import NIOSSL
import Synchronization

/// The other end of one connection: the subject of its client certificate, read once and kept.
///
/// It travels as a task local from the moment a connection is accepted; every request of the connection runs below it.
/// Tests set it to play a client with a certificate.
package final class ConnectionPeer: Sendable {
    @TaskLocal package static var current: ConnectionPeer?

    private enum State: Sendable {
        case unread
        case read(CertificateSubject?)
    }

    private let state: Mutex<State>

    /// A connection whose certificate will be read at its first request.
    package init() { state = Mutex(.unread) }

    /// A connection from a known client.
    package init(_ subject: CertificateSubject?) { state = Mutex(.read(subject)) }

    /// The subject of the verified client certificate; nil if the client showed none.
    package func subject(of channel: any Channel) async throws -> CertificateSubject? {
        if case .read(let subject) = state.withLock({ $0 }) { return subject }
        // The certificate belongs to the connection's event loop; the first request comes after the handshake.
        let bytes = try await channel.nioSSL_peerCertificate().flatMapThrowing { try $0?.toDERBytes() }.get()
        let subject = try bytes.map { bytes throws(CertificateSubject.Problem) in try CertificateSubject(der: bytes) }
        state.withLock { $0 = .read(subject) }
        return subject
    }
}
