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
    private var problems: [SourceProblem]
    var factory = ExpressionFactory()

    static func parse(_ text: String, macros: MacroTable) throws(ParseError) -> ParsedExpression {
        guard text.utf8.count <= maximumLength || text.unicodeScalars.count <= maximumLength else {
            let message = "expression code point size exceeds limit: size: \(text.unicodeScalars.count), limit \(maximumLength)"
            throw ParseError(problems: [SourceProblem(offset: 0, message: message, isFinal: true)], remainder: nil)
        }
        let (tokens, problems) = Lexer.tokens(of: text)
        var parser = Parser(tokens: tokens, macros: macros, problems: problems)
        let root: Expression
        do throws(SourceProblem) {
            root = try parser.whole()
        } catch {
            throw ParseError(problems: parser.problems + [error], remainder: nil)
        }
        let parsed = ParsedExpression(source: text, root: root, idCount: parser.factory.idCount)
        guard parser.problems.isEmpty else { throw ParseError(problems: parser.problems, remainder: parsed) }
        return parsed
    }

    private init(tokens: [Token], macros: MacroTable, problems: [SourceProblem]) {
        self.tokens = tokens
        self.macros = macros
        self.problems = problems
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

    /// `[,]` is an empty list.
    private mutating func takeLonelyComma(before close: Symbol) -> Bool {
        guard current.kind == .symbol(.comma), position + 1 < tokens.count, tokens[position + 1].kind == .symbol(close) else {
            return false
        }
        position += 2
        return true
    }

    // MARK: - Going on after a mistake

    /// One complaint about each place: what follows from the first one is no news.
    private mutating func note(_ problem: SourceProblem) {
        if problems.last?.offset != problem.offset { problems.append(problem) }
    }

    /// The expression and whatever stands behind it where nothing should.
    private mutating func whole() throws(SourceProblem) -> Expression {
        var parts = [try expression()]
        while current.kind != .end {
            note(unexpected("the end of the expression"))
            repeat { advance() } while current.kind != .end && !isPlaceToGoOn(tokens[position - 1].kind)
            if current.kind != .end { parts.append(try expression()) }
        }
        return parts.count == 1 ? parts[0] : try factory.make(.hole(parts), at: parts[0].offset)
    }

    /// What `parse` gives, or a hole after skipping to where the surrounding construct can go on.
    private mutating func recovering(
        _ parse: (inout Parser) throws(SourceProblem) -> Expression
    ) throws(SourceProblem) -> Expression {
        do {
            return try parse(&self)
        } catch {
            guard !error.isFinal else { throw error }
            note(error)
            skip()
            return try factory.make(.hole([]), at: error.offset)
        }
    }

    /// Leaves out everything up to a token that ends a part; what is in brackets is left out whole.
    private mutating func skip() {
        var depth = 0
        while current.kind != .end {
            switch current.kind {
            case .symbol(.openParenthesis), .symbol(.openBracket), .symbol(.openBrace): depth += 1
            case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace):
                guard depth > 0 else { return }
                depth -= 1
            case let kind where depth == 0 && isPlaceToGoOn(kind): return
            default: break
            }
            advance()
        }
    }

    private func isPlaceToGoOn(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .symbol(.and), .symbol(.or), .symbol(.question), .symbol(.colon), .symbol(.comma): true
        default: false
        }
    }

    /// Items with commas in between, up to `close`; one after the last item is taken where `mayEndWithComma`. Gives false when something
    /// between the items was left out.
    private mutating func separated(
        until close: Symbol,
        mayEndWithComma: Bool,
        _ item: (inout Parser) throws(SourceProblem) -> Void
    ) throws(SourceProblem) -> Bool {
        var isWhole = true
        if take(close) || (mayEndWithComma && takeLonelyComma(before: close)) { return true }
        while true {
            try item(&self)
            if current.kind != .symbol(.comma), current.kind != .symbol(close) {
                isWhole = false
                note(unexpected("',' or '\(close.rawValue)'"))
                skip()
                while current.kind != .symbol(.comma), isPlaceToGoOn(current.kind) {
                    advance()
                    skip()
                }
            }
            if take(.comma) {
                if mayEndWithComma, take(close) { return isWhole }
                continue
            }
            // Another bracket than ours belongs to whoever opened it.
            _ = take(close)
            return isWhole
        }
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
        var terms = [try term()]
        var offsets: [Int] = []
        while current.kind == .symbol(.and) {
            offsets.append(current.offset)
            advance()
            terms.append(try term())
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

    private mutating func term() throws(SourceProblem) -> Expression {
        try recovering { parser throws(SourceProblem) in try parser.binary(above: 0) }
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
            guard magnitude <= UInt64(Int64.max) + 1 else { return try refused("invalid int literal", at: offset) }
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
        return try apply(field, to: operand, at: parenthesis)
    }

    /// A call, or what a macro of that name makes of it; its arguments come next.
    private mutating func apply(
        _ function: String,
        to target: Expression?,
        at offset: Int
    ) throws(SourceProblem) -> Expression {
        var arguments: [Expression] = []
        let isWhole = try separated(until: .closeParenthesis, mayEndWithComma: false) { parser throws(SourceProblem) in
            arguments.append(try parser.expression())
        }
        // How many arguments were meant is not known then, so the call itself is not judged.
        guard isWhole else { return try factory.make(.hole((target.map { [$0] } ?? []) + arguments), at: offset) }
        do {
            if let macro = macros.find(function, isMember: target != nil, argumentCount: arguments.count),
                let expanded = try macro.expand(&factory, .init(target: target, arguments: arguments, offset: offset))
            {
                return expanded
            }
        } catch {
            guard !error.isFinal else { throw error }
            problems.append(error)
            return try factory.make(.hole(target.map { [$0] } ?? []), at: offset)
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
            guard let signed = Int64(exactly: value) else { return try refused("invalid int literal", at: token.offset) }
            return try literal(.int(signed))
        case .unsigned(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .malformed:
            advance()
            return try factory.make(.hole([]), at: token.offset)
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

    /// A token that is well formed and means nothing: a hole, and no reason to leave out more.
    private mutating func refused(_ message: String, at offset: Int) throws(SourceProblem) -> Expression {
        advance()
        problems.append(SourceProblem(offset: offset, message: message))
        return try factory.make(.hole([]), at: offset)
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
        if Self.reserved.contains(name) {
            problems.append(SourceProblem(offset: offset, message: "reserved identifier: \(name)"))
            return try factory.make(.hole([]), at: offset)
        }
        let parenthesis = current.offset
        guard take(.openParenthesis) else { return try factory.make(.identifier(name), at: offset) }
        return try apply(name, to: nil, at: parenthesis)
    }

    private mutating func elements() throws(SourceProblem) -> [Expression.Element] {
        var elements: [Expression.Element] = []
        _ = try separated(until: .closeBracket, mayEndWithComma: true) { parser throws(SourceProblem) in
            let isOptional = parser.take(.question)
            elements.append(.init(value: try parser.expression(), isOptional: isOptional))
        }
        return elements
    }

    private mutating func entries() throws(SourceProblem) -> [Expression.Entry] {
        var entries: [Expression.Entry] = []
        _ = try separated(until: .closeBrace, mayEndWithComma: true) { parser throws(SourceProblem) in
            let isOptional = parser.take(.question)
            let key = try parser.expression()
            let value = try parser.recovering { parser throws(SourceProblem) in
                try parser.expect(.colon)
                return try parser.expression()
            }
            entries.append(.init(key: key, value: value, isOptional: isOptional))
        }
        return entries
    }

    private mutating func message(_ name: String, at offset: Int) throws(SourceProblem) -> Expression {
        var fields: [Expression.Field] = []
        _ = try separated(until: .closeBrace, mayEndWithComma: true) { parser throws(SourceProblem) in
            let isOptional = parser.take(.question)
            let fieldOffset = parser.current.offset
            var field = ""
            let value = try parser.recovering { parser throws(SourceProblem) in
                guard case .identifier(let name) = parser.current.kind else { throw parser.unexpected("a field name") }
                field = name
                parser.advance()
                try parser.expect(.colon)
                return try parser.expression()
            }
            fields.append(.init(name: field, value: value, isOptional: isOptional, offset: fieldOffset))
        }
        return try factory.make(.message(name: name, fields: fields), at: offset)
    }
}
