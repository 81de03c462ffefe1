/// The addresses of those who may do something: ranges, separated by commas.
package struct AddressList: Hashable, Sendable {
    private let ranges: [AddressRange]

    /// nil if one of them is no range; empty text is nobody.
    package init?(_ text: String) {
        var ranges: [AddressRange] = []
        for part in text.split(separator: ",") {
            guard let range = AddressRange(part.filter { $0 != " " }) else { return nil }
            ranges.append(range)
        }
        self.ranges = ranges
    }

    package func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }
}

/// A range of addresses as administrators write it: `10.0.0.0/8`, `::1`.
struct AddressRange: Hashable, Sendable {
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
