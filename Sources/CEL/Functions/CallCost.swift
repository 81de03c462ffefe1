/// What one call costs, from its arguments and its result.
typealias CallCost = @Sendable (_ arguments: [CELValue], _ result: CELValue) -> UInt64

/// The prices, those of the reference implementation, so that limits mean the same everywhere.
enum Cost {
    /// Reading a variable or a member.
    static let selection: UInt64 = 1
    static let listCreation: UInt64 = 10
    static let mapCreation: UInt64 = 30
    static let messageCreation: UInt64 = 40

    static let one: CallCost = { _, _ in 1 }
    /// Going once through the first argument.
    static let traversal: CallCost = { arguments, _ in tenth(size(arguments, 0)) }
    /// Reading the first argument, and writing as much again.
    static let twoTraversals: CallCost = { arguments, _ in tenth(saturating(size(arguments, 0), *, 2)) }
    /// Writing the result, twice: what was joined is copied.
    static let twiceTheResult: CallCost = { _, result in tenth(saturating(result.size, *, 2)) }
    /// Putting two lists together. The reference implementation does it without copying, for 1; we copy, so long ones cost their length.
    static let concatenation: CallCost = { _, result in result.size > 100 ? result.size : 1 }
    /// Writing text from a pattern: the pattern, and what is written when it is long.
    static let formatting: CallCost = { arguments, result in
        saturating(tenth(size(arguments, 0)), +, result.size > 100 ? tenth(result.size) : 0)
    }
    /// As `twoTraversals`, or what is written when that is far more.
    static let replacement: CallCost = { arguments, result in
        max(twoTraversals(arguments, result), result.size > 1000 ? tenth(result.size) : 0)
    }
    /// Looking once through the first argument; a short text is free.
    static let scan: CallCost = { arguments, _ in
        guard case .string(let text)? = arguments.first else { return size(arguments, 0) }
        return UInt64(text.utf8.count) / 10
    }
    /// Making a list as long as the result.
    static let newList: CallCost = { _, result in saturating(result.size, +, listCreation + 1) }
    /// Comparing each element with each other one, and making a list.
    static let pairs: CallCost = { arguments, _ in
        let count = size(arguments, 0)
        return saturating(saturating(saturating(count, *, count), *, 2), +, listCreation + 1)
    }
    /// Going through both arguments.
    static let sum: CallCost = { arguments, _ in tenth(saturating(size(arguments, 0), +, size(arguments, 1))) }
    /// Comparing until the shorter one ends.
    static let shorter: CallCost = { arguments, _ in tenth(min(size(arguments, 0), size(arguments, 1))) }
    /// Looking for the second argument anywhere in the first.
    static let product: CallCost = { arguments, _ in
        saturating(tenth(size(arguments, 0)), *, tenth(size(arguments, 1)))
    }
    /// Running a regular expression, the second argument, over the first.
    static let regularExpression: CallCost = { arguments, _ in
        let text = tenth(saturating(size(arguments, 0), +, 1))
        return saturating(text, *, size(arguments, 1).dividedUp(by: 4))
    }
    /// Each element of the second argument is looked at.
    static let membership: CallCost = { arguments, _ in size(arguments, 1) }

    static func size(_ arguments: [CELValue], _ index: Int) -> UInt64 {
        arguments.indices.contains(index) ? arguments[index].size : 1
    }

    /// Text is traversed at ten characters a unit.
    static func tenth(_ size: UInt64) -> UInt64 { size.dividedUp(by: 10) }

    static func saturating(
        _ left: UInt64,
        _ operation: (UInt64, UInt64) -> UInt64,
        _ right: UInt64
    ) -> UInt64 {
        // Sizes are lengths of arrays in memory, so a product of two tenths and a sum of two both fit into 64 bits
        // unless a value was larger than any machine's memory.
        guard left < 1 << 31, right < 1 << 31 else { return .max / 2 }
        return operation(left, right)
    }
}

extension UInt64 {
    func dividedUp(by divisor: UInt64) -> UInt64 { self / divisor + (self % divisor == 0 ? 0 : 1) }
}
