import Testing

@testable import API

/// Which requests are answered on their connection's thread: those that no content can make long.
struct RequestLineTests {
    @Test(arguments: [
        ("GET", "/api/v1/namespaces/a/secrets/b", "", true), ("GET", "/livez", "", true), ("GET", "/version", "", true),
        ("HEAD", "/apis/config.openshift.io/v1/authentications/cluster", "", true),
        ("GET", "/api/v1/namespaces/a/secrets", "", false), ("GET", "/api/v1/secrets", "watch=true", false),
        ("GET", "/openapi/v3/api/v1", "", false), ("GET", "/api/v1", "", false), ("GET", "/nothing", "", false),
        ("POST", "/api/v1/namespaces/a/secrets", "", false), ("PUT", "/api/v1/namespaces/a/secrets/b", "", false),
        ("PATCH", "/api/v1/namespaces/a/secrets/b", "", false), ("DELETE", "/api/v1/namespaces/a/secrets/b", "", false),
    ])
    func isQuick(_ method: String, _ path: String, _ query: String, _ isQuick: Bool) {
        #expect(RequestLine(method: method, path: path, query: query).isQuick == isQuick)
    }
}
