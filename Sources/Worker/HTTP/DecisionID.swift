import Atomics
import NIOCore

/// The number by which an operator finds a decision in the log: 16 hexadecimal digits, short enough to be read out.
struct DecisionID: Hashable, Sendable, CustomStringConvertible {
    let value: UInt64

    var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Hands out ids: no two are the same, and none tells how many there were before it.
    final class Source: Sendable {
        private let count: ManagedAtomic<UInt64>

        init(seed: UInt64 = .random(in: .min ... .max)) { count = ManagedAtomic(seed) }

        func next() -> DecisionID {
            // The mixing steps of SplitMix64; each can be undone, so different counts give different ids.
            var mixed = count.loadThenWrappingIncrement(by: 0x9E37_79B9_7F4A_7C15, ordering: .relaxed)
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return DecisionID(value: mixed ^ mixed >> 31)
        }
    }
}

extension ByteBuffer {
    mutating func write(_ id: DecisionID) {
        for shift in stride(from: 60 as UInt64, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: id.value >> shift & 0xF)
            writeInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
