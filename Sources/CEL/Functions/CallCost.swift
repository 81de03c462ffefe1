/// What one call costs. It is a function of sizes only, so that one declaration gives the price of a run and its estimate beforehand.
struct CallCost: Sendable {
    typealias Price = @Sendable (_ sizes: CallSizes) -> UInt64
    typealias ResultPrice = @Sendable (_ sizes: CallSizes, _ result: UInt64) -> UInt64

    /// For reading the arguments; paid before the call is made.
    let reading: Price
    /// For what is written, added once it is known; a call that fails pays as for a result of one.
    let writing: ResultPrice?
    /// What is estimated for reading where the reference implementation estimates another price than it takes.
    let estimate: Price
    /// The whole price where sizes do not count.
    let fixed: UInt64?
    /// Set where the first argument is measured by all that it holds and not by its count.
    let walksFirst: Bool

    init(
        walksFirst: Bool = false,
        reading: @escaping Price = { _ in 0 },
        writing: ResultPrice? = nil,
        estimate: Price? = nil
    ) {
        self.reading = reading
        self.estimate = estimate ?? reading
        self.writing = writing
        self.walksFirst = walksFirst
        fixed = nil
    }

    init(fixed: UInt64) {
        reading = { _ in fixed }
        estimate = reading
        writing = nil
        walksFirst = false
        self.fixed = fixed
    }
}

/// The sizes of a call's arguments, as `CELValue.size` measures them.
struct CallSizes: Sendable {
    var first: UInt64 = 1
    var second: UInt64 = 1

    init() {}

    init(_ arguments: Arguments, walksFirst: Bool) {
        if arguments.count > 0 { first = walksFirst ? arguments[0].traversalSize : arguments.size(0) }
        if arguments.count > 1 { second = arguments.size(1) }
    }
}

/// The prices, those of the reference implementation, so that limits mean the same everywhere.
enum Cost {
    /// Reading a variable or a member.
    static let selection: UInt64 = 1
    static let listCreation: UInt64 = 10
    static let mapCreation: UInt64 = 30
    static let messageCreation: UInt64 = 40

    static let one = CallCost(fixed: 1)
    /// Going once through the first argument.
    static let traversal = CallCost { tenth($0.first) }
    /// Comparing the beginning or the end of the first argument with the second: priced as a traversal, estimated as what is compared.
    static let affix = CallCost(reading: { tenth($0.first) }, estimate: { tenth($0.second) })
    /// Reading the first argument, and writing as much again.
    static let twoTraversals = CallCost { tenth($0.first.times(2)) }
    /// Writing the result, twice: what was joined is copied.
    static let twiceTheResult = CallCost(writing: { _, result in tenth(result.times(2)) })
    /// Putting two lists together. The reference implementation does it without copying, for 1; we copy, so long ones cost their length.
    static let concatenation = CallCost { sizes in
        let length = sizes.first.plus(sizes.second)
        return length > 100 ? length : 1
    }
    /// Writing text from a pattern: the pattern, and what is written when it is long.
    static let formatting = CallCost(
        reading: { tenth($0.first) },
        writing: { _, result in result > 100 ? tenth(result) : 0 }
    )
    /// As `twoTraversals`, and what is written when that is far more.
    static let replacement = CallCost(
        reading: { tenth($0.first.times(2)) },
        writing: { sizes, result in
            let (read, written) = (tenth(sizes.first.times(2)), result > 1000 ? tenth(result) : 0)
            return written > read ? written - read : 0
        }
    )
    /// Looking through all that the first argument holds; a short text is free.
    static let scan = CallCost(walksFirst: true) { $0.first }
    /// Making a list as long as the result.
    static let newList = CallCost(writing: { _, result in result.plus(listCreation + 1) })
    /// Comparing each element with each other one, and making a list.
    static let pairs = CallCost { $0.first.times($0.first).times(2).plus(listCreation + 1) }
    /// Comparing each element of one list with each of the other, so many times over.
    static func product(passes: UInt64) -> CallCost { CallCost { $0.first.times($0.second).times(passes).plus(1) } }
    /// Going through both arguments.
    static let sum = CallCost { tenth($0.first.plus($0.second)) }
    /// Comparing until the shorter one ends.
    static let shorter = CallCost { tenth(min($0.first, $0.second)) }
    /// Looking for the second argument anywhere in the first.
    static let search = CallCost { tenth($0.first).times(tenth($0.second)) }
    /// Running a regular expression, the second argument, over the first.
    static let regularExpression = CallCost { tenth($0.first.plus(1)).times($0.second.dividedUp(by: 4)) }
    /// Each element of the second argument is looked at.
    static let membership = CallCost { $0.second }

    /// Text is traversed at ten characters a unit.
    static func tenth(_ size: UInt64) -> UInt64 { size.dividedUp(by: 10) }
}

extension UInt64 {
    func dividedUp(by divisor: UInt64) -> UInt64 { self / divisor + (self % divisor == 0 ? 0 : 1) }

    /// The sum, or the largest number when it is larger still.
    func plus(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product, or the largest number when it is larger still.
    func times(_ other: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
