/// Turns tokens into a tree by recursive descent with operator precedence, expanding macros as it meets them.
///
/// Its own recursion is bounded by `ExpressionFactory.maximumDepth`, the text by `maximumLength`.
struct Parser {
    /// In code points.
    static let maximumLength = 100_000

    private let tokens: [Token]
    private let macros: MacroTable
    private var position = 0
    private var nesting = 0
    var factory = ExpressionFactory()

    static func parse(_ text: String, macros: MacroTable) throws(SourceProblem) -> ParsedExpression {
        guard text.utf8.count <= maximumLength || text.unicodeScalars.count <= maximumLength else {
            let message = "expression code point size exceeds limit: size: \(text.unicodeScalars.count), limit \(maximumLength)"
            throw SourceProblem(offset: 0, message: message)
        }
        var parser = Parser(tokens: try Lexer.tokens(of: text), macros: macros)
        let root = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("the end of the expression") }
        return ParsedExpression(source: text, root: root, idCount: parser.factory.idCount)
    }

    private init(tokens: [Token], macros: MacroTable) {
        self.tokens = tokens
        self.macros = macros
    }

    // MARK: - Tokens

    private var current: Token { tokens[min(position, tokens.count - 1)] }

    private mutating func advance() { position += 1 }

    private mutating func take(_ symbol: Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ symbol: Symbol) throws(SourceProblem) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)'") }
    }

    private func unexpected(_ expected: String) -> SourceProblem {
        SourceProblem(offset: current.offset, message: "Syntax error: mismatched input \(current.kind), expected \(expected)")
    }

    // MARK: - Operators

    private mutating func expression() throws(SourceProblem) -> Expression {
        guard nesting < ExpressionFactory.maximumDepth else { throw ExpressionFactory.tooDeep(at: current.offset) }
        nesting += 1
        defer { nesting -= 1 }
        let condition = try disjunction()
        let offset = current.offset
        guard take(.question) else { return condition }
        let then = try disjunction()
        try expect(.colon)
        let otherwise = try expression()
        return try call(Operator.conditional, [condition, then, otherwise], at: offset)
    }

    private mutating func disjunction() throws(SourceProblem) -> Expression {
        var terms = [try conjunction()]
        var offsets: [Int] = []
        while current.kind == .symbol(.or) {
            offsets.append(current.offset)
            advance()
            terms.append(try conjunction())
        }
        return try balanced(Operator.or, terms[...], offsets[...])
    }

    private mutating func conjunction() throws(SourceProblem) -> Expression {
        var terms = [try binary(above: 0)]
        var offsets: [Int] = []
        while current.kind == .symbol(.and) {
            offsets.append(current.offset)
            advance()
            terms.append(try binary(above: 0))
        }
        return try balanced(Operator.and, terms[...], offsets[...])
    }

    /// A long chain of `&&` becomes a balanced tree, so that its depth grows with the logarithm of its length.
    private mutating func balanced(
        _ function: String,
        _ terms: ArraySlice<Expression>,
        _ offsets: ArraySlice<Int>
    ) throws(SourceProblem) -> Expression {
        if terms.count == 1 { return terms[terms.startIndex] }
        let middle = terms.startIndex + (terms.count + 1) / 2
        let split = offsets.startIndex + middle - terms.startIndex - 1
        let left = try balanced(function, terms[..<middle], offsets[..<split])
        let right = try balanced(function, terms[middle...], offsets[(split + 1)...])
        return try call(function, [left, right], at: offsets[split])
    }

    private mutating func binary(above precedence: Int) throws(SourceProblem) -> Expression {
        var left = try unary()
        while case .symbol(let symbol) = current.kind, let known = Operator.binary[symbol], known.precedence > precedence {
            let offset = current.offset
            advance()
            let right = try binary(above: known.precedence)
            left = try call(known.name, [left, right], at: offset)
        }
        return left
    }

    private mutating func unary() throws(SourceProblem) -> Expression {
        for (symbol, function) in [(Symbol.not, Operator.not), (.minus, Operator.negate)] where current.kind == .symbol(symbol)
        {
            let offset = current.offset
            var count = 0
            while take(symbol) { count += 1 }
            if symbol == .minus, count == 1, let number = try negativeNumber(at: offset) { return try members(of: number) }
            let operand = try members(of: try primary())
            // Pairs cancel out, as in the reference implementation.
            return count.isMultiple(of: 2) ? operand : try call(function, [operand], at: offset)
        }
        return try members(of: try primary())
    }

    /// The sign belongs to the literal: the smallest int has no positive counterpart.
    private mutating func negativeNumber(at offset: Int) throws(SourceProblem) -> Expression? {
        let value: CELValue
        switch current.kind {
        case .integer(let magnitude):
            guard magnitude <= UInt64(Int64.max) + 1 else {
                throw SourceProblem(offset: offset, message: "invalid int literal")
            }
            value = .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .double(let magnitude): value = .double(-magnitude)
        default: return nil
        }
        advance()
        return try factory.make(.literal(value), at: offset)
    }

    private mutating func call(_ function: String, _ arguments: [Expression], at offset: Int) throws(SourceProblem)
        -> Expression
    {
        try factory.make(.call(.init(function: function, target: nil, arguments: arguments)), at: offset)
    }

    // MARK: - Members

    private mutating func members(of first: Expression) throws(SourceProblem) -> Expression {
        var operand = first
        while true {
            let offset = current.offset
            if take(.dot) {
                operand = try selection(of: operand, at: offset)
            } else if take(.openBracket) {
                let function = take(.question) ? Operator.optionalIndex : Operator.index
                let index = try expression()
                try expect(.closeBracket)
                operand = try call(function, [operand, index], at: offset)
            } else if current.kind == .symbol(.openBrace), let name = Self.qualifiedName(operand) {
                advance()
                operand = try message(name, at: offset)
            } else {
                return operand
            }
        }
    }

    private mutating func selection(of operand: Expression, at offset: Int) throws(SourceProblem) -> Expression {
        let isOptional = take(.question)
        guard case .identifier(let field) = current.kind else { throw unexpected("a name") }
        advance()
        if isOptional {
            let name = try factory.make(.literal(.string(field)), at: offset)
            return try call(Operator.optionalSelect, [operand, name], at: offset)
        }
        let parenthesis = current.offset
        guard take(.openParenthesis) else {
            return try factory.make(.select(operand: operand, field: field, isTest: false), at: offset)
        }
        return try apply(field, to: operand, arguments: try list(until: .closeParenthesis), at: parenthesis)
    }

    /// A call, or what a macro of that name makes of it.
    private mutating func apply(
        _ function: String,
        to target: Expression?,
        arguments: [Expression],
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        if let macro = macros.find(function, isMember: target != nil, argumentCount: arguments.count),
            let expanded = try macro.expand(&factory, .init(target: target, arguments: arguments, offset: offset))
        {
            return expanded
        }
        return try factory.make(.call(.init(function: function, target: target, arguments: arguments)), at: offset)
    }

    static func qualifiedName(_ expression: Expression) -> String? {
        switch expression.kind {
        case .identifier(let name): name
        case .select(let operand, let field, isTest: false): qualifiedName(operand).map { "\($0).\(field)" }
        default: nil
        }
    }

    // MARK: - Primaries

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func primary() throws(SourceProblem) -> Expression {
        let token = current
        switch token.kind {
        case .identifier(let name):
            advance()
            return try word(name, at: token.offset)
        case .integer(let value):
            guard let signed = Int64(exactly: value) else {
                throw SourceProblem(offset: token.offset, message: "invalid int literal")
            }
            return try literal(.int(signed))
        case .unsigned(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .symbol(.dot): return try rooted()
        case .symbol(.openParenthesis):
            advance()
            let inner = try expression()
            try expect(.closeParenthesis)
            return inner
        case .symbol(.openBracket):
            advance()
            return try factory.make(.list(try elements()), at: token.offset)
        case .symbol(.openBrace):
            advance()
            return try factory.make(.map(try entries()), at: token.offset)
        default: throw unexpected("an expression")
        }
    }

    private mutating func literal(_ value: CELValue) throws(SourceProblem) -> Expression {
        let offset = current.offset
        advance()
        return try factory.make(.literal(value), at: offset)
    }

    /// `.name`: from the root of all names, where ours are all anyway.
    private mutating func rooted() throws(SourceProblem) -> Expression {
        advance()
        let offset = current.offset
        guard case .identifier(let name) = current.kind else { throw unexpected("a name") }
        advance()
        return try word(name, at: offset, isRooted: true)
    }

    private mutating func word(_ name: String, at offset: Int, isRooted: Bool = false) throws(SourceProblem) -> Expression {
        if !isRooted {
            switch name {
            case "true": return try factory.make(.literal(.bool(true)), at: offset)
            case "false": return try factory.make(.literal(.bool(false)), at: offset)
            case "null": return try factory.make(.literal(.null), at: offset)
            default: break
            }
        }
        guard !Self.reserved.contains(name) else {
            throw SourceProblem(offset: offset, message: "reserved identifier: \(name)")
        }
        let parenthesis = current.offset
        guard take(.openParenthesis) else { return try factory.make(.identifier(name), at: offset) }
        return try apply(name, to: nil, arguments: try list(until: .closeParenthesis), at: parenthesis)
    }

    private mutating func list(until close: Symbol) throws(SourceProblem) -> [Expression] {
        var items: [Expression] = []
        if take(close) { return items }
        repeat { items.append(try expression()) } while take(.comma)
        try expect(close)
        return items
    }

    private mutating func elements() throws(SourceProblem) -> [Expression.Element] {
        var elements: [Expression.Element] = []
        while current.kind != .symbol(.closeBracket) {
            let isOptional = take(.question)
            elements.append(.init(value: try expression(), isOptional: isOptional))
            if !take(.comma) { break }
        }
        try expect(.closeBracket)
        return elements
    }

    private mutating func entries() throws(SourceProblem) -> [Expression.Entry] {
        var entries: [Expression.Entry] = []
        while current.kind != .symbol(.closeBrace) {
            let isOptional = take(.question)
            let key = try expression()
            try expect(.colon)
            entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
            if !take(.comma) { break }
        }
        try expect(.closeBrace)
        return entries
    }

    private mutating func message(_ name: String, at offset: Int) throws(SourceProblem) -> Expression {
        var fields: [Expression.Field] = []
        while current.kind != .symbol(.closeBrace) {
            let isOptional = take(.question)
            let fieldOffset = current.offset
            guard case .identifier(let field) = current.kind else { throw unexpected("a field name") }
            advance()
            try expect(.colon)
            fields.append(.init(name: field, value: try expression(), isOptional: isOptional, offset: fieldOffset))
            if !take(.comma) { break }
        }
        try expect(.closeBrace)
        return try factory.make(.message(name: name, fields: fields), at: offset)
    }
}
