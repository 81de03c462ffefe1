import JSON

/// A foreign text, made fit for a terminal: it stays on its line, and neither moves the cursor nor turns the writing around.
enum PrintableText {
    static func of(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            if scalar.isVisible { output.unicodeScalars.append(scalar) } else { output += scalar.escaped(asASCII: true) }
        }
        return output
    }

    /// As kubectl shows a foreign text in tables and descriptions: an escape is `^[` and a carriage return `\r`; the other control
    /// characters, which kubectl lets pass, are made visible as well. Lines and tabs stay.
    static func cell(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" })
        else {
            return text
        }
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{1B}": output += "^["
            case "\r": output += "\\r"
            case "\n", "\t": output.unicodeScalars.append(scalar)
            default:
                if scalar.properties.generalCategory == .control {
                    output += scalar.escaped(asASCII: true)
                } else {
                    output.unicodeScalars.append(scalar)
                }
            }
        }
        return output
    }
}
