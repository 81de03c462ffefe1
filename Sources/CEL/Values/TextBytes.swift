/// Texts as CEL sees them, by their bytes and code points: Swift's own comparison takes canonically equivalent texts for equal.
extension String {
    /// The bytes in place. Every string on Linux is stored as contiguous UTF-8, so nothing is copied.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }

    func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        return withBytes { a in other.withBytes { b in ByteBlock(a) == ByteBlock(b) } }
    }

    func hasBytes(_ start: String) -> Bool {
        let count = start.utf8.count
        guard count <= utf8.count else { return false }
        return withBytes { all in start.withBytes { ByteBlock(.init(rebasing: all.prefix(count))) == ByteBlock($0) } }
    }

    func endsWithBytes(_ end: String) -> Bool {
        let count = end.utf8.count
        guard count <= utf8.count else { return false }
        return withBytes { all in end.withBytes { ByteBlock(.init(rebasing: all.suffix(count))) == ByteBlock($0) } }
    }

    /// The number of code points: of the bytes that begin one.
    var scalarCount: Int {
        withBytes { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }

    /// A hash for tables of this process only: it begins with a random number, so nobody can choose texts that collide.
    var tableHash: UInt64 { withBytes { ByteBlock($0).hash } }
}

/// Bytes compared and hashed eight at a time.
private struct ByteBlock: Equatable {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = UnsafeRawBufferPointer(bytes) }

    private func word(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }

    static func == (left: ByteBlock, right: ByteBlock) -> Bool {
        guard left.bytes.count == right.bytes.count else { return false }
        var offset = 0
        while offset + 8 <= left.bytes.count {
            guard left.word(offset) == right.word(offset) else { return false }
            offset += 8
        }
        while offset < left.bytes.count {
            guard left.bytes[offset] == right.bytes[offset] else { return false }
            offset += 1
        }
        return true
    }

    private static let seed = UInt64.random(in: .min ... .max)

    var hash: UInt64 {
        var hash = Self.seed ^ UInt64(bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = HashMixing.mix(hash ^ word(offset))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return HashMixing.mix(hash ^ rest)
    }
}

enum HashMixing {
    /// Spreads each bit over the whole word.
    static func mix(_ word: UInt64) -> UInt64 {
        let product = (word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
