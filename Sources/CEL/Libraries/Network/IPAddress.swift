/// An IPv4 or IPv6 address without a zone, as Kubernetes' `ip()` takes it.
package struct IPAddress: Hashable, Sendable {
    /// Four or sixteen.
    let bytes: [UInt8]

    var isIPv4: Bool { bytes.count == 4 }
    var bitCount: Int { bytes.count * 8 }

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ text: String) throws(CELEvaluationError) {
        let utf8 = Array(text.utf8)[...]
        if utf8.contains(UInt8(ascii: "%")) {
            throw .invalidArgument("IP address \(Self.quoted(text)) with zone value is not allowed")
        }
        let isIPv6 = utf8.contains(UInt8(ascii: ":"))
        guard let bytes = isIPv6 ? Self.sixteen(utf8) : Self.four(utf8) else {
            let sentence = "parse error during conversion from string: not an IP address"
            throw .invalidArgument("IP Address \(Self.quoted(text)) \(sentence)")
        }
        // An IPv4 address in IPv6 clothing could pass a check made for the other family.
        guard bytes.count == 4 || bytes.prefix(12) != [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] else {
            throw .invalidArgument("IPv4-mapped IPv6 address \(Self.quoted(text)) is not allowed")
        }
        self.bytes = bytes
    }

    private static func quoted(_ text: String) -> String { NumberText.quoted(text) }

    /// Four decimal numbers without leading zeros.
    private static func four(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit),
                part.count == 1 || part.first != UInt8(ascii: "0"),
                let byte = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Eight groups of hexadecimal digits; one `::` stands for as many zeros as are missing; the end may be IPv4.
    private static func sixteen(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        var halves: [ArraySlice<UInt8>] = [text]
        if let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) {
            halves = [text[..<gap], text[(gap + 2)...]]
        }
        var groups: [[UInt8]] = []
        for (position, half) in halves.enumerated() {
            guard let bytes = self.groups(half, mayEndInIPv4: position == halves.count - 1) else { return nil }
            groups.append(bytes)
        }
        let count = groups.reduce(0) { $0 + $1.count }
        if groups.count == 1 { return count == 16 ? groups[0] : nil }
        guard count <= 14 else { return nil }
        return groups[0] + Array(repeating: 0, count: 16 - count) + groups[1]
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for (position, part) in parts.enumerated() {
            if mayEndInIPv4, position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let last = four(part) else { return nil }
                bytes += last
                continue
            }
            guard (1...4).contains(part.count), part.allSatisfy({ $0.hexValue != nil }),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes
    }

    // MARK: - Text

    var text: String {
        if isIPv4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let zeros = Self.longestZeros(groups)
        let parts = groups.map { String($0, radix: 16) }
        guard zeros.count > 1 else { return parts.joined(separator: ":") }
        return parts[..<zeros.lowerBound].joined(separator: ":") + "::" + parts[zeros.upperBound...].joined(separator: ":")
    }

    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in groups.indices {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }

    // MARK: - Kinds

    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
    var isLoopback: Bool { isIPv4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1 }
    var isMulticast: Bool { isIPv4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF }
    var isLinkLocalMulticast: Bool {
        isIPv4 ? bytes.prefix(3) == [224, 0, 0] : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
    }
    var isLinkLocalUnicast: Bool {
        isIPv4 ? bytes.prefix(2) == [169, 254] : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }
    var isGlobalUnicast: Bool {
        let isBroadcast = isIPv4 && bytes.allSatisfy { $0 == 255 }
        return !isBroadcast && !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
    }
}
