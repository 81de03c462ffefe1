import Foundation
package import NIOCore

/// The address of a host, in network byte order: 4 bytes, or 16. An IPv4 address mapped into IPv6 is an IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    private init(_ bytes: [UInt8]) {
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.count == 16 && bytes.starts(with: mappedPrefix) ? Array(bytes.suffix(4)) : bytes
    }

    /// nil for a socket that has no IP address.
    package init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address): self.init(withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
        case .v6(let address): self.init(withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
        case .unixDomainSocket: return nil
        }
    }

    /// As people write it: `10.0.0.1`, `::1`.
    package var description: String {
        let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0)
        return address?.ipAddress ?? "unknown"
    }

    /// Reached from this machine only.
    package var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1] }

    package init?(_ text: some StringProtocol) {
        guard let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
        self.init(address)
    }
}
