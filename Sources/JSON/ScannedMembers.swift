/// Where the members of a JSON object are in its text.
struct ScannedMembers: Sendable {
    let list: [Member]
    /// One bit for each shape among the names: of a member that is not there, this mostly tells at once.
    let shapes: UInt64

    /// Small, as one is made for each member of each object.
    struct Member: Sendable {
        private let nameStart, nameEnd, valueStart, valueEnd: UInt32
        let shape: Shape

        /// Both are places in a text of at most `maximumLength` bytes.
        init(name: Range<Int>, value: Range<Int>, shape: Shape) {
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
            self.shape = shape
        }

        /// Without the quotes.
        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    static let maximumLength = Int(UInt32.max)

    /// What is seen of a name at a glance: names with different shapes are different.
    struct Shape: Equatable, Sendable {
        private let number: UInt8

        init(of name: UnsafeBufferPointer<UInt8>) {
            let mixed = Int(name.first ?? 0) &* 7 ^ Int(name.last ?? 0) &* 31 ^ name.count &* 3
            number = UInt8(truncatingIfNeeded: mixed & 63)
        }

        var bit: UInt64 { 1 << UInt64(number) }
    }
}
