package import HTTPTypes

extension HTTPField.Name {
    package static let warning = token("Warning")
    package static let auditID = token("Audit-Id")
    package static let requestID = token("X-Request-Id")

    /// A name written in this code base. One that is not a token would be a typing error, and is left out of the answer.
    private static func token(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .server }
}

extension HTTPFields {
    /// Warnings as clients print them: `Warning: 299 - "text"`, one header each.
    package init(warnings: [String]) {
        self.init()
        for warning in warnings.prefix(32) {
            let text = warning.prefix(512).flatMap { character -> [Character] in
                switch character {
                case "\"", "\\": ["\\", character]
                case _ where character.asciiValue.map { $0 < 0x20 || $0 == 0x7F } ?? false: [" "]
                default: [character]
                }
            }
            append(HTTPField(name: .warning, value: "299 - \"\(String(text))\""))
        }
    }
}
