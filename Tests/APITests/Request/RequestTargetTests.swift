import Testing

@testable import API

/// What each shape of path means.
struct RequestTargetTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let path: String
        let target: RequestTarget?
        var testDescription: String { path }
    }

    private static func resource(
        _ group: String,
        _ version: String,
        _ plural: String,
        _ namespace: String? = nil,
        _ name: String? = nil,
        _ part: String? = nil
    ) -> RequestTarget {
        .resource(
            ResourceTarget(group: group, version: version, plural: plural, namespace: namespace, name: name, subresource: part)
        )
    }

    static let cases = [
        Case(path: "/", target: .root),
        Case(path: "", target: .root),
        Case(path: "/version", target: .version),
        Case(path: "/version/x", target: nil),
        Case(path: "/readyz/store", target: .health("readyz")),
        Case(path: "/api", target: .coreVersions),
        Case(path: "/api/v1", target: .groupVersion(group: "", version: "v1")),
        Case(path: "/apis", target: .groups),
        Case(path: "/apis/config.openshift.io", target: .group("config.openshift.io")),
        Case(path: "/apis/config.openshift.io/v1", target: .groupVersion(group: "config.openshift.io", version: "v1")),
        Case(path: "/openapi/v2", target: .openAPIVersion2),
        Case(path: "/openapi/v3", target: .openAPIIndex),
        Case(path: "/openapi/v3/api/v1", target: .openAPIDocument(group: "", version: "v1")),
        Case(path: "/openapi/v3/apis/a.b/v2", target: .openAPIDocument(group: "a.b", version: "v2")),
        Case(path: "/openapi/v4", target: nil),
        Case(path: "/api/v1/namespaces", target: resource("", "v1", "namespaces")),
        Case(path: "/api/v1/namespaces/a", target: resource("", "v1", "namespaces", nil, "a")),
        Case(path: "/api/v1/namespaces/a/status", target: resource("", "v1", "namespaces", nil, "a", "status")),
        Case(path: "/api/v1/namespaces/a/secrets", target: resource("", "v1", "secrets", "a")),
        Case(path: "/api/v1/namespaces/a/secrets/b", target: resource("", "v1", "secrets", "a", "b")),
        Case(path: "/api/v1/secrets", target: resource("", "v1", "secrets")),
        Case(path: "/apis/g.io/v1/things/x/status", target: resource("g.io", "v1", "things", nil, "x", "status")),
        Case(path: "/apis/g.io/v1/things/sha256~a%2Fb", target: resource("g.io", "v1", "things", nil, "sha256~a/b")),
        Case(path: "/apis/g.io/v1/things/x/status/more", target: nil),
        Case(path: "/apis/g.io/v1/things/%zz", target: nil),
        Case(path: "/apis/g.io/v1/things/%ff", target: nil),
        Case(path: "/a/b/c/d/e/f/g/h/i/j/k/l/m/n", target: nil),
        Case(path: "/favicon.ico", target: nil),
    ]

    @Test(arguments: cases)
    func reads(_ c: Case) {
        #expect(RequestTarget(path: c.path) == c.target)
    }
}
