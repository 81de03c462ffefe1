import Synchronization

/// Connections made with the certificates that a plugin gave, a set for each certificate.
final class PluginTransports: Sendable {
    /// Older ones than these are of no use to anybody: what runs longest, a watch, has ended by then.
    private static let limit = 8

    private let made = Mutex<[(number: Int, transport: HTTPTransport)]>([])

    /// - Parameter make: what to make for a certificate that is new.
    func transport(for number: Int, make: () throws -> HTTPTransport) async throws -> HTTPTransport {
        let (transport, retired) = try made.withLock { made in
            if let known = made.first(where: { $0.number == number }) { return (known.transport, nil as HTTPTransport?) }
            let new = try make()
            made.append((number, new))
            return (new, made.count > Self.limit ? made.removeFirst().transport : nil)
        }
        await retired?.shutdown()
        return transport
    }

    func shutdown() async {
        let all = made.withLock { made in
            defer { made = [] }
            return made
        }
        for entry in all { await entry.transport.shutdown() }
    }
}
