import Atomics
import NIOSSL

/// With what new connections to a worker are secured; another takes its place when the serving certificate is renewed.
final class ServingContext: Sendable {
    private final class Box: AtomicReference, Sendable {
        let context: NIOSSLContext
        init(_ context: NIOSSLContext) { self.context = context }
    }

    private let box: ManagedAtomic<Box>

    init(_ context: NIOSSLContext) { box = ManagedAtomic(Box(context)) }

    var current: NIOSSLContext { box.load(ordering: .acquiring).context }

    func replace(with context: NIOSSLContext) { box.store(Box(context), ordering: .releasing) }
}

extension JoinedIdentity {
    func servingContext() throws -> NIOSSLContext {
        try ServingTLS.context(
            certificateChain: NIOSSLCertificate.fromPEMBytes(Array(servingCertificate.utf8)),
            privateKey: NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem),
            authority: NIOSSLCertificate.fromPEMBytes(Array(certificateAuthority.utf8))
        )
    }
}
