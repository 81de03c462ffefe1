/// A block of addresses in CIDR notation: an address and how many of its leading bits count.
package struct AddressBlock: Hashable, Sendable {
    let address: IPAddress
    let prefixLength: Int

    init(address: IPAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    init(_ text: String) throws(CELEvaluationError) {
        guard let slash = text.lastIndex(of: "/") else { throw Self.refusal(text, "no '/'") }
        do {
            address = try IPAddress(String(text[..<slash]))
        } catch {
            throw Self.refusal(text, error.description)
        }
        let digits = text[text.index(after: slash)...]
        let isPlain = digits.utf8.allSatisfy(\.isASCIIDigit) && (digits.utf8.count == 1 || digits.first != "0")
        guard isPlain, let length = Int(digits) else { throw Self.refusal(text, "bad bits after slash") }
        guard length <= address.bitCount else { throw Self.refusal(text, "prefix length out of range") }
        prefixLength = length
    }

    private static func refusal(_ text: String, _ reason: String) -> CELEvaluationError {
        .invalidArgument("network address parse error during conversion from string: \(NumberText.quoted(text)): \(reason)")
    }

    var text: String { "\(address.text)/\(prefixLength)" }

    var masked: AddressBlock {
        let bytes = address.bytes.enumerated().map { position, byte in
            byte & Self.mask(bits: prefixLength - position * 8)
        }
        return AddressBlock(address: IPAddress(bytes: bytes), prefixLength: prefixLength)
    }

    private static func mask(bits: Int) -> UInt8 { bits <= 0 ? 0 : bits >= 8 ? 0xFF : 0xFF << (8 - bits) }

    func contains(_ other: IPAddress) -> Bool {
        guard other.isIPv4 == address.isIPv4 else { return false }
        return AddressBlock(address: other, prefixLength: prefixLength).masked == masked
    }

    func contains(_ other: AddressBlock) -> Bool { other.prefixLength >= prefixLength && contains(other.address) }
}
