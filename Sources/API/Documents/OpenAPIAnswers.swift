import JSON

/// What an operation may answer, as the OpenAPI documents tell it. An answer that is not among these is a bug.
struct OpenAPIAnswers: Sendable {
    /// The codes that come with what was asked for.
    private let successes: [Int]
    private let schema: JSONValue
    private let refusals: [Int]

    /// - Parameter schema: of the bodies of successes.
    init(_ action: String, schema: JSONValue) {
        self.schema = schema
        // Not known, not allowed, nothing there, no form that the client takes, and too busy: whatever is asked.
        let always = [400, 401, 403, 404, 406, 503]
        let written = [409, 413, 415, 422]
        switch action {
        case "get": (successes, refusals) = ([200], always)
        // A place in the list that is forgotten, options that do not go together, and a revision that is not there yet.
        case "list": (successes, refusals) = ([200], always + [410, 422, 504])
        case "post": (successes, refusals) = ([201], always + written)
        // A server-side apply creates what is not there.
        case "patch": (successes, refusals) = ([200, 201], always + written)
        case "put": (successes, refusals) = ([200], always + written)
        case "deletecollection": (successes, refusals) = ([200], always + written)
        default: (successes, refusals) = ([200], always + [409, 413, 415])
        }
    }

    var responses: JSONValue {
        let content: JSONValue = ["schema": schema]
        let success: JSONValue = ["description": "OK", "content": ["application/json": content, "application/yaml": content]]
        var responses: JSONValue = [:]
        for code in successes { responses[String(code)] = success }
        for code in refusals { responses[String(code)] = ["$ref": "#/components/responses/Failure"] }
        return responses
    }

    // MARK: - Components that every document has

    static let statusName = "io.k8s.apimachinery.pkg.apis.meta.v1.Status"
    static let statusReference: JSONValue = ["$ref": .string("#/components/schemas/\(statusName)")]

    /// The answer to what was not done.
    static let failure: JSONValue = [
        "description": "What was asked for was not done: `reason` and `message` tell why.",
        "content": ["application/json": ["schema": statusReference]],
    ]

    static let status: JSONValue = [
        "type": "object", "description": "How a request ended that has no object for an answer.",
        "properties": [
            "apiVersion": ["type": "string"], "kind": ["type": "string"], "metadata": ["type": "object"],
            "status": ["type": "string", "enum": ["Success", "Failure"]], "code": ["type": "integer", "format": "int32"],
            "reason": ["type": "string"], "message": ["type": "string"], "details": ["type": "object"],
        ],
        "required": ["apiVersion", "kind", "status"],
        "x-kubernetes-group-version-kind": [["group": "", "version": "v1", "kind": "Status"]],
    ]
}
