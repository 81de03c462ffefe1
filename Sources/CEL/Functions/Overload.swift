/// One way to call a function: its signature, what a call costs, and what it does.
struct Overload: Sendable {
    enum Style: Sendable {
        /// `size(x)`
        case function
        /// `x.size()`
        case member
    }

    typealias Body = @Sendable (Arguments) throws(CELEvaluationError) -> CELValue

    /// Makes a body for a call some of whose arguments are literals, once per program; nil when there is nothing to gain.
    typealias Preparation = @Sendable ([CELValue?]) throws(CELEvaluationError) -> Body?

    typealias ResultSize = @Sendable ([SizeRange]) -> SizeRange

    struct Signature: Sendable {
        let parameters: [CELType]
        let result: CELType
    }

    let style: Style
    /// The receiver comes first.
    let parameters: [CELType]
    let result: CELType
    let cost: CallCost
    /// A cost that holds even where only the run shows which overload is called; the standard operators then cost 1.
    var isCostKnownByName = true
    var prepare: Preparation?
    /// How large the result can be, from the sizes of the arguments; nil when that is not known. Only for texts, lists and maps.
    var resultSize: ResultSize?
    /// What a call costs besides where nothing could be prepared.
    var surcharge: (@Sendable (Arguments) -> UInt64)?
    /// Whether the body walks through all that its arguments hold, and not only through their first level.
    var isDeep = false
    let body: Body

    /// The names of its type parameters, in a stable order.
    var typeParameters: [String] {
        parameters.reduce(into: result.parameterNames) { $0.formUnion($1.parameterNames) }.sorted()
    }
}

// MARK: - Declaring from Swift types

extension Overload {
    /// Types are read off the closure; `signature` replaces them where type parameters are needed.
    static func of<R: NativeValue>(
        _ style: Style,
        _ signature: Signature? = nil,
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable () throws(CELEvaluationError) -> R
    ) -> Overload {
        let native = Signature(parameters: [], result: R.celType)
        return Overload(style: style, signature ?? native, cost: cost) { _ throws(CELEvaluationError) in try body().celValue }
    }

    static func of<A: NativeValue, R: NativeValue>(
        _ style: Style,
        _ signature: Signature? = nil,
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable (A) throws(CELEvaluationError) -> R
    ) -> Overload {
        let native = Signature(parameters: [A.celType], result: R.celType)
        return Overload(style: style, signature ?? native, cost: cost) { arguments throws(CELEvaluationError) in
            try body(try A.native(arguments, 0)).celValue
        }
    }

    static func of<A: NativeValue, B: NativeValue, R: NativeValue>(
        _ style: Style,
        _ signature: Signature? = nil,
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable (A, B) throws(CELEvaluationError) -> R
    ) -> Overload {
        let native = Signature(parameters: [A.celType, B.celType], result: R.celType)
        return Overload(style: style, signature ?? native, cost: cost) { arguments throws(CELEvaluationError) in
            try body(try A.native(arguments, 0), try B.native(arguments, 1)).celValue
        }
    }

    static func of<A: NativeValue, B: NativeValue, C: NativeValue, R: NativeValue>(
        _ style: Style,
        _ signature: Signature? = nil,
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable (A, B, C) throws(CELEvaluationError) -> R
    ) -> Overload {
        let native = Signature(parameters: [A.celType, B.celType, C.celType], result: R.celType)
        return Overload(style: style, signature ?? native, cost: cost) { arguments throws(CELEvaluationError) in
            try body(try A.native(arguments, 0), try B.native(arguments, 1), try C.native(arguments, 2)).celValue
        }
    }

    static func of<A: NativeValue, B: NativeValue, C: NativeValue, D: NativeValue, R: NativeValue>(
        _ style: Style,
        _ signature: Signature? = nil,
        cost: CallCost = Cost.one,
        _ body: @escaping @Sendable (A, B, C, D) throws(CELEvaluationError) -> R
    ) -> Overload {
        let native = Signature(parameters: [A.celType, B.celType, C.celType, D.celType], result: R.celType)
        return Overload(style: style, signature ?? native, cost: cost) { arguments throws(CELEvaluationError) in
            try body(
                try A.native(arguments, 0),
                try B.native(arguments, 1),
                try C.native(arguments, 2),
                try D.native(arguments, 3)
            ).celValue
        }
    }

    private init(style: Style, _ signature: Signature, cost: CallCost, _ body: @escaping Body) {
        self.init(style: style, parameters: signature.parameters, result: signature.result, cost: cost, body: body)
    }

    /// The same overload, which may compile its literal arguments ahead.
    func preparing(_ prepare: @escaping Preparation) -> Overload {
        var overload = self
        overload.prepare = prepare
        return overload
    }

    /// The same overload, whose result is so large.
    func sized(_ resultSize: @escaping ResultSize) -> Overload {
        var overload = self
        overload.resultSize = resultSize
        return overload
    }

    /// The same overload, which pays more where nothing could be prepared for literal arguments.
    func paying(_ surcharge: @escaping @Sendable (Arguments) -> UInt64) -> Overload {
        var overload = self
        overload.surcharge = surcharge
        return overload
    }

    /// The same overload, which walks through all that its arguments hold.
    var walking: Overload {
        var overload = self
        overload.isDeep = true
        return overload
    }

    /// The same overload, which costs 1 where only the run shows that it is the one called.
    var costingOneWhenDynamic: Overload {
        var overload = self
        overload.isCostKnownByName = false
        return overload
    }
}
