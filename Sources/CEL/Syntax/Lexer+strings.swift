/// String and bytes literals: four quotes, raw or with escapes.
extension Lexer {
    private struct Style {
        var isRaw = false
        var isBytes = false
        var quote: Unicode.Scalar
        var isTriple: Bool
        var prefixLength: Int
    }

    /// The literal that begins here, or nil when none does.
    mutating func string() throws(SourceProblem) -> Token.Kind? {
        guard let style = style() else { return nil }
        let start = position
        position += style.prefixLength + (style.isTriple ? 3 : 1)
        var bytes: [UInt8] = []
        var refusal: SourceProblem?
        while !closes(style) {
            guard let scalar = peek(), style.isTriple || (scalar != "\n" && scalar != "\r") else {
                let read = String(String.UnicodeScalarView(scalars[start..<position]))
                throw SourceProblem(offset: start, message: "Syntax error: token recognition error at: '\(read)'")
            }
            if scalar == "\\", !style.isRaw {
                let escapeStart = position
                do throws(SourceProblem) {
                    try escape(isBytes: style.isBytes, into: &bytes)
                } catch {
                    refusal = refusal ?? error
                    position = max(position, escapeStart + 1)
                }
            } else {
                bytes.append(contentsOf: String(scalar).utf8)
                position += 1
            }
        }
        position += style.isTriple ? 3 : 1
        // What follows the literal is looked at all the same.
        if let refusal { throw refusal }
        // Whatever is not bytes was put together from whole scalars, so this repairs nothing.
        return style.isBytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))
    }

    private func style() -> Style? {
        var style = Style(quote: "\"", isTriple: false, prefixLength: 0)
        while let scalar = peek(style.prefixLength), style.prefixLength < 2 {
            if scalar == "r" || scalar == "R", !style.isRaw {
                style.isRaw = true
            } else if scalar == "b" || scalar == "B", !style.isBytes {
                style.isBytes = true
            } else {
                break
            }
            style.prefixLength += 1
        }
        guard let quote = peek(style.prefixLength), quote == "\"" || quote == "'" else { return nil }
        style.quote = quote
        style.isTriple = peek(style.prefixLength + 1) == quote && peek(style.prefixLength + 2) == quote
        return style
    }

    private func closes(_ style: Style) -> Bool {
        guard peek() == style.quote else { return false }
        return !style.isTriple || (peek(1) == style.quote && peek(2) == style.quote)
    }

    private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
        "\\": "\\", "?": "?", "\"": "\"", "'": "'", "`": "`",
    ]

    private mutating func escape(isBytes: Bool, into bytes: inout [UInt8]) throws(SourceProblem) {
        let start = position
        guard let letter = peek(1) else { throw invalidEscape(at: start) }
        position += 2
        if let plain = Self.simpleEscapes[letter] {
            bytes.append(contentsOf: String(plain).utf8)
            return
        }
        let value: UInt32
        switch letter {
        case "x", "X": value = try code(digits: 2, radix: 16, escape: start)
        case "u" where !isBytes: value = try code(digits: 4, radix: 16, escape: start)
        case "U" where !isBytes: value = try code(digits: 8, radix: 16, escape: start)
        case "0"..."3":
            position -= 1
            value = try code(digits: 3, radix: 8, escape: start)
        default: throw invalidEscape(at: start)
        }
        if isBytes {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else {
            guard let scalar = Unicode.Scalar(value) else { throw invalidEscape(at: start) }
            bytes.append(contentsOf: String(scalar).utf8)
        }
    }

    private mutating func code(digits: Int, radix: UInt32, escape start: Int) throws(SourceProblem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            // Eight hexadecimal digits fill 32 bits exactly, so this cannot overflow.
            guard let digit = peek()?.hexValue, digit < radix else { throw invalidEscape(at: start) }
            value = value &* radix &+ digit
            position += 1
        }
        return value
    }

    private func invalidEscape(at offset: Int) -> SourceProblem {
        SourceProblem(offset: offset, message: "Syntax error: invalid escape sequence in a string")
    }
}
