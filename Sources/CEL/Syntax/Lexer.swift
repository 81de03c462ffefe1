/// Cuts an expression into tokens. Bounded by the length of its input; nothing in it recurses.
struct Lexer {
    let scalars: [Unicode.Scalar]
    var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens, the last of which is the end, and everything that is none. What cannot be read is left out.
    static func tokens(of text: String) -> (tokens: [Token], problems: [SourceProblem]) {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        var problems: [SourceProblem] = []
        while tokens.last?.kind != .end {
            lexer.skipSpaceAndComments()
            let start = lexer.position
            if let name = lexer.quotedName() {
                problems.append(SourceProblem(offset: start, message: "unsupported syntax: '`'"))
                tokens.append(name)
                continue
            }
            do throws(SourceProblem) {
                tokens.append(try lexer.next())
            } catch {
                problems.append(error)
                lexer.position = max(lexer.position, start + 1)
                let isLiteral = lexer.scalars[start].isDigit || lexer.scalars[start].isIdentifierStart
                if isLiteral || "\"'.".unicodeScalars.contains(lexer.scalars[start]) {
                    tokens.append(Token(kind: .malformed, offset: start))
                }
            }
        }
        return (tokens, problems)
    }

    private mutating func next() throws(SourceProblem) -> Token {
        let start = position
        guard let first = peek() else { return Token(kind: .end, offset: start) }
        if let kind = try string() { return Token(kind: kind, offset: start) }
        if first.isDigit || (first == "." && peek(1)?.isDigit == true) { return Token(kind: try number(), offset: start) }
        if first.isIdentifierStart { return Token(kind: word(), offset: start) }
        return Token(kind: .symbol(try symbol()), offset: start)
    }

    /// A name in back quotes, which the language has and Kubernetes does not switch on: nil when none begins here.
    private mutating func quotedName() -> Token? {
        guard peek() == "`" else { return nil }
        let start = position
        guard let end = scalars[(start + 1)...].firstIndex(where: { $0 == "`" || $0 == "\n" }), scalars[end] == "`" else {
            return nil
        }
        position = end + 1
        return Token(kind: .identifier(String(String.UnicodeScalarView(scalars[(start + 1)..<end]))), offset: start)
    }

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        scalars.indices.contains(position + ahead) ? scalars[position + ahead] : nil
    }

    private mutating func skipSpaceAndComments() {
        while let scalar = peek() {
            if scalar.isSpace {
                position += 1
            } else if scalar == "/", peek(1) == "/" {
                while let other = peek(), other != "\n" { position += 1 }
            } else {
                return
            }
        }
    }

    private mutating func word() -> Token.Kind {
        var name = ""
        while let scalar = peek(), scalar.isIdentifierStart || scalar.isDigit {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        return name == "in" ? .symbol(.in) : .identifier(name)
    }

    private mutating func symbol() throws(SourceProblem) -> Symbol {
        let one = peek().map(String.init) ?? ""
        let two = one + (peek(1).map(String.init) ?? "")
        if let symbol = Symbol(rawValue: two), two.unicodeScalars.count == 2 {
            position += 2
            return symbol
        }
        guard let symbol = Symbol(rawValue: one) else {
            defer { position += 1 }
            throw SourceProblem(offset: position, message: "Syntax error: token recognition error at: '\(one)'")
        }
        position += 1
        return symbol
    }

    // MARK: - Numbers

    private mutating func number() throws(SourceProblem) -> Token.Kind {
        let start = position
        if peek() == "0", peek(1) == "x" || peek(1) == "X", peek(2)?.hexValue != nil { return try hexadecimal(from: start) }
        var isDouble = false
        digits()
        if peek() == ".", peek(1)?.isDigit == true {
            isDouble = true
            position += 1
            digits()
        }
        if let exponentDigits = exponentLength() {
            isDouble = true
            position += exponentDigits
            digits()
        }
        let text = String(String.UnicodeScalarView(scalars[start..<position]))
        if isDouble {
            guard let value = Double(text), value.isFinite else {
                throw SourceProblem(offset: start, message: "invalid double literal")
            }
            return .double(value)
        }
        return try whole(UInt64(text), from: start)
    }

    private mutating func hexadecimal(from start: Int) throws(SourceProblem) -> Token.Kind {
        position += 2
        var text = ""
        while let scalar = peek(), scalar.hexValue != nil {
            text.unicodeScalars.append(scalar)
            position += 1
        }
        return try whole(UInt64(text, radix: 16), from: start)
    }

    private mutating func whole(_ value: UInt64?, from start: Int) throws(SourceProblem) -> Token.Kind {
        let isUnsigned = peek() == "u" || peek() == "U"
        if isUnsigned { position += 1 }
        guard let value else { throw SourceProblem(offset: start, message: "invalid \(isUnsigned ? "uint" : "int") literal") }
        return isUnsigned ? .unsigned(value) : .integer(value)
    }

    private mutating func digits() {
        while peek()?.isDigit == true { position += 1 }
    }

    /// How many scalars come before the exponent's digits, or nil when there is no exponent.
    private func exponentLength() -> Int? {
        guard peek() == "e" || peek() == "E" else { return nil }
        let length = peek(1) == "+" || peek(1) == "-" ? 2 : 1
        return peek(length)?.isDigit == true ? length : nil
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isIdentifierStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
    var isSpace: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\u{0C}" }

    var hexValue: UInt32? {
        switch self {
        case "0"..."9": value - 48
        case "a"..."f": value - 87
        case "A"..."F": value - 55
        default: nil
        }
    }
}
