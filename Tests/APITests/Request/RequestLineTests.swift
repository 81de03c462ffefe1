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
        let line = RequestLine(method: method, path: path, query: query)
        #expect(line.isQuick(length: nil, isJSON: false) == isQuick)
        #expect(line.isQuick(length: 1 << 20, isJSON: true) == isQuick)
    }

    /// A new object is quick only if it is small, JSON, and of a kind whose rules look at nothing else.
    @Test(arguments: [
        ("POST", "/api/v1/namespaces/a/configmaps", 4_096, true, true),
        ("POST", "/api/v1/namespaces/a/configmaps", 4_097, true, false),
        ("POST", "/api/v1/namespaces/a/configmaps", 100, false, false),
        ("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", 100, true, false),
        ("PUT", "/api/v1/namespaces/a/configmaps/b", 100, true, false),
        ("PATCH", "/api/v1/namespaces/a/configmaps/b", 100, true, false),
    ])
    func isQuickIfSmall(_ method: String, _ path: String, _ length: Int, _ isJSON: Bool, _ isQuick: Bool) {
        #expect(RequestLine(method: method, path: path).isQuick(length: length, isJSON: isJSON) == isQuick)
    }
}
