import JSON

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
        APIAnswer(code: code, warnings: warnings, body: .bytes(JSONWriter.bytes(of: value)))
    }

    static func text(_ text: String, code: Int = 200) -> APIAnswer {
        APIAnswer(code: code, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }
}
