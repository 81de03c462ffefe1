extension JSONWriter {
    /// As `text(of:)`, for terminals: what moves a cursor, turns the writing around or cannot be seen stands there as an escape.
    package static func visibleText(of value: JSONValue, pretty: Bool = false) -> String {
        let text = text(of: value, pretty: pretty)
        // Outside strings there is nothing but the writer's own line ends.
        guard !text.unicodeScalars.allSatisfy({ $0 == "\n" || $0.isVisible }) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar.isVisible {
                output.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return output
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows it, and does nothing else because of it.
    package var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        // No characters, and what YAML refuses to hold.
        default: value != 0xFFFE && value != 0xFFFF
        }
    }
}
