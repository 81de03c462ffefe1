/// Points of Curve25519 that make worthless public keys: with one of these anybody can write signatures that verify.
enum EdwardsPoint {
    /// Whether the y-coordinate is below the prime, as RFC 8032 section 5.1.3 demands; the library takes it modulo the prime, so that
    /// some keys would have two spellings.
    static func isReduced(_ point: [UInt8]) -> Bool {
        guard point.count == 32 else { return false }
        return point[31] & 0x7F != 0x7F || point[0] < 0xED || point[1..<31].contains { $0 != 0xFF }
    }

    /// Whether the encoded point has order 1, 2, 4 or 8; encodings that are not reduced are included, the sign bit is ignored.
    static func isOfSmallOrder(_ point: [UInt8]) -> Bool {
        guard point.count == 32 else { return false }
        var unsigned = point
        unsigned[31] &= 0x7F
        return smallOrder.contains(unsigned)
    }

    private static let smallOrder: Set<[UInt8]> = {
        let prime = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
        let zero = [UInt8](repeating: 0, count: 32)
        return [
            zero,
            [1] + zero.dropFirst(),
            [0xEC] + prime.dropFirst(),
            prime,
            [0xEE] + prime.dropFirst(),
            // The two y-coordinates of the points of order 8.
            [
                0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
                0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
            ],
            [
                0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
                0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
            ],
        ]
    }()
}
