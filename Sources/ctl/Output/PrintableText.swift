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
}
