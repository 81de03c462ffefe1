import JSON
import Schema

/// What goes back to the client, still without a web framework.
struct APIAnswer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case events(WatchSession)
    }

    var code: Int
    var contentType: String
    var warnings: [String]
    var body: Body

    init(code: Int = 200, contentType: String = "application/json", warnings: [String] = [], body: Body) {
        self.code = code
        self.contentType = contentType
        self.warnings = warnings
        self.body = body
    }

    static func json(_ value: JSONValue, code: Int = 200, warnings: [String] = []) -> APIAnswer {
        .json(JSONWriter.bytes(of: value), code: code, warnings: warnings)
    }

    /// - Parameter bytes: JSON already.
    static func json(_ bytes: [UInt8], code: Int = 200, warnings: [String] = []) -> APIAnswer {
        APIAnswer(code: code, warnings: warnings, body: .bytes(bytes))
    }

    /// The same answer as YAML; what is no single JSON value stays as it is.
    func asYAML() throws(JSONError) -> APIAnswer {
        guard contentType == "application/json", case .bytes(let bytes) = body else { return self }
        // It is our own: as large as what is stored, and a little deeper than what was taken.
        let value = try JSONParser.parse(bytes, limits: .init(bytes: .max, depth: 128))
        return APIAnswer(
            code: code,
            contentType: "application/yaml",
            warnings: warnings,
            body: .bytes(Array(YAMLWriter.text(of: value).utf8))
        )
    }

    static func text(_ text: String, code: Int = 200) -> APIAnswer {
        APIAnswer(code: code, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }
}
