import AuthenticationFile
import Schema
import Testing

struct ReadingTests {
    @Test(arguments: [
        (
            "unknown fields, with their paths", text(issuer: "audiences: [a], urll: x", rest: "rules: []"),
            ["jwt[0].rules unknown", "jwt[0].issuer.urll unknown"]
        ),
        (
            "a field in other letters", text(issuer: "Audiences: [a]"),
            ["jwt[0].issuer.Audiences unknown", "jwt[0].issuer.audiences required"]
        ),
        ("a key twice", text(issuer: "audiences: [a], audiences: [b]"), ["unreadable duplicateKey"]),
        (
            "boolean for a text", text(mappings: "username: {claim: true, prefix: ''}"),
            ["jwt[0].claimMappings.username.claim wrongType"]
        ),
        (
            "number for a text", text(mappings: "username: {claim: sub, prefix: 1}"),
            ["jwt[0].claimMappings.username.prefix wrongType"]
        ),
        ("text for a list", text(issuer: "audiences: a"), ["jwt[0].issuer.audiences wrongType"]),
        ("text for a boolean", text(anonymous: "anonymous: {enabled: 'true'}"), ["anonymous.enabled wrongType"]),
        ("number in a list of texts", text(issuer: "audiences: [1]"), ["jwt[0].issuer.audiences[0] wrongType"]),
        (
            "two mistakes of different sorts", text(url: "http://h", issuer: "audiences: 1"),
            ["jwt[0].issuer.audiences wrongType", "jwt[0].issuer.url invalid"]
        ),
        ("an alias", text(issuer: "audiences: &x [a]"), ["unreadable alias"]),
        ("nothing", "# only a comment\n", ["<root> wrongKind"]),
        ("a list", "[]", ["<root> wrongKind"]),
        (
            "another kind", "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: []\n",
            ["kind wrongKind"]
        ),
        (
            "another version", "apiVersion: apiserver.config.k8s.io/v2\nkind: AuthenticationConfiguration\n",
            ["apiVersion wrongKind"]
        ),
        ("neither kind nor version", "jwt: []\n", ["apiVersion wrongKind", "kind wrongKind"]),
    ])
    func refuses(_ name: String, _ text: String, _ expected: [String]) {
        #expect(problems(with: text) == expected, "\(name)")
    }

    @Test(arguments: ["v1", "v1beta1", "v1alpha1"])
    func takesEachVersion(_ version: String) {
        #expect(problems(with: text().replacing("k8s.io/v1", with: "k8s.io/\(version)")) == [])
    }

    @Test func doesNotLookBehindTheFirstDocument() throws {
        let file = text() + "\n---\nkind: [not, *even, YAML\n"
        let configuration = try AuthenticationConfiguration.read(Array(file.utf8), source: "file.yaml")
        #expect(configuration.jwt.map(\.issuer.url) == ["https://sso.example"])
    }

    @Test func readsJSON() throws {
        let file = """
            {"kind":"AuthenticationConfiguration","apiVersion":"apiserver.config.k8s.io/v1","jwt":[{"issuer":{"url":"https://h",
            "audiences":["a"],"discoveryURL":null},"claimMappings":{"username":{"claim":"sub","prefix":""},"groups":null}}]}
            """
        let configuration = try AuthenticationConfiguration.read(Array(file.utf8), source: "file.json")
        #expect(configuration.jwt.map(\.claimMappings.username.prefix) == [""])
    }

    @Test func reportsEverythingWithPlaces() {
        let file = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            jwt:
            - issuer:
                url: http://sso.example
                audience: [a]
              claimMappings:
                username:
                  claim: sub
            """
        let error = #expect(throws: InvalidConfiguration.self) {
            try AuthenticationConfiguration.read(Array(file.utf8), source: "auth.yaml")
        }
        #expect(
            error?.description == """
                auth.yaml has 4 problems:
                  6:5: jwt[0].issuer.audience: unknown field; did you mean "audiences"?
                  5:5: jwt[0].issuer.url: Invalid value: "http://sso.example": URL scheme must be https
                  4:3: jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required
                  8:5: jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim is set. It can be set to an \
                empty string to disable prefixing
                """
        )
    }
}
