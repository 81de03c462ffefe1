import Foundation
import NIOCore

/// The address of a host, in network byte order: 4 bytes, or 16. An IPv4 address mapped into IPv6 is an IPv4 address.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    private init(_ bytes: [UInt8]) {
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.count == 16 && bytes.starts(with: mappedPrefix) ? Array(bytes.suffix(4)) : bytes
    }

    /// nil for a socket that has no IP address.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address): self.init(withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
        case .v6(let address): self.init(withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
        case .unixDomainSocket: return nil
        }
    }

    init?(_ text: some StringProtocol) {
        guard let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return nil }
        self.init(address)
    }
}

/// A range of addresses as administrators write it: `10.0.0.0/8`, `::1`.
struct AddressRange: Hashable, Sendable {
    static let loopback: [AddressRange] = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }

    private let address: IPAddress
    private let prefixLength: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        self.address = address
        let longest = address.bytes.count * 8
        if parts.count == 1 {
            prefixLength = longest
        } else {
            guard let length = UInt8(parts[1]), Int(length) <= longest else { return nil }
            prefixLength = Int(length)
        }
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        var bits = prefixLength
        for (own, foreign) in zip(address.bytes, other.bytes) {
            if bits <= 0 { return true }
            let mask: UInt8 = bits >= 8 ? 0xFF : ~(0xFF >> UInt8(bits))
            guard own & mask == foreign & mask else { return false }
            bits -= 8
        }
        return true
    }
}
