extension Library {
    /// Kubernetes' `url()` and `isURL()`.
    static let urls = Library(
        functions: [
            FunctionDeclaration(
                "url",
                Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in
                    try URLReference(text)
                }
            ),
            FunctionDeclaration(
                "isURL",
                Overload.of(.function, cost: Cost.traversal) { (text: String) in
                    do throws(CELEvaluationError) {
                        _ = try URLReference(text)
                        return true
                    } catch {
                        return false
                    }
                }
            ),
            FunctionDeclaration("getScheme", Overload.of(.member) { (url: URLReference) in url.scheme }),
            FunctionDeclaration("getHost", Overload.of(.member) { (url: URLReference) in url.host }),
            FunctionDeclaration("getHostname", Overload.of(.member) { (url: URLReference) in url.hostname }),
            FunctionDeclaration("getPort", Overload.of(.member) { (url: URLReference) in url.port }),
            FunctionDeclaration("getEscapedPath", Overload.of(.member) { (url: URLReference) in url.escapedPath }),
            FunctionDeclaration(
                "getQuery",
                Overload.of(.member, .init(parameters: [.url], result: .map(.string, .list(.string)))) {
                    (url: URLReference) in url.query
                }
            ),
        ],
        constants: ["kubernetes.URL": .url]
    )
}

extension URLReference: NativeValue {
    static var celType: CELType { .url }
    init?(_ value: CELValue) {
        guard case .opaque(.url(let url)) = value else { return nil }
        self = url
    }
    var celValue: CELValue { .opaque(.url(self)) }
}
