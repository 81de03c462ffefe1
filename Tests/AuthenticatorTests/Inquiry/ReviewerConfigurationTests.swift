import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// The kubeconfig of `webhookTokenAuthenticator`: what is taken of it, and what is refused in OpenShift's words.
struct ReviewerConfigurationTests {
    static func kubeconfig(
        cluster: JSONValue = ["server": "https://review.example:8443/review"],
        user: JSONValue = ["token": "t-1"],
        _ change: (inout JSONValue) -> Void = { _ in }
    ) -> JSONValue {
        var document: JSONValue = [
            "clusters": [["name": "c", "cluster": cluster]], "users": [["name": "u", "user": user]],
            "contexts": [["name": "x", "context": ["cluster": "c", "user": "u"]]], "current-context": "x",
        ]
        change(&document)
        return document
    }

    @Test func readsWhereAndWhom() throws {
        let pem = Data("PEM".utf8).base64EncodedString()
        let cluster: JSONValue = ["server": "https://127.0.0.1:1/x", "certificate-authority-data": .string(pem)]
        let configuration = try ReviewerConfiguration(kubeconfig: Self.kubeconfig(cluster: cluster))
        #expect(configuration.url == "https://127.0.0.1:1/x")
        #expect(configuration.certificateAuthority == "PEM")
        #expect(configuration.credential == .token(Secret(Array("t-1".utf8))))
        #expect(!"\(configuration)".contains("t-1"))
        let certificate: JSONValue = ["client-certificate-data": .string(pem), "client-key-data": .string(pem)]
        #expect(
            try ReviewerConfiguration(kubeconfig: Self.kubeconfig(user: certificate)).credential
                == .certificate(chain: Array("PEM".utf8), key: Secret(Array("PEM".utf8)))
        )
        let password = try ReviewerConfiguration(kubeconfig: Self.kubeconfig(user: ["username": "n", "password": "p"]))
        #expect(password.credential == .password(user: "n", Secret(Array("p".utf8))))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let document: JSONValue
        let problem: String
    }

    static let cases: [Case] = [
        Case(
            testDescription: "two clusters",
            document: kubeconfig { $0["clusters"] = [["name": "a"], ["name": "b"]] },
            problem: "clusters: Invalid value: expected a single cluster"
        ),
        Case(
            testDescription: "no user",
            document: kubeconfig { $0["users"] = [] },
            problem: "users: Invalid value: expected a single user"
        ),
        Case(
            testDescription: "no server",
            document: kubeconfig(cluster: [:]),
            problem: "clusters[c].server: Required value"
        ),
        Case(
            testDescription: "plain http",
            document: kubeconfig(cluster: ["server": "http://review.example"]),
            problem: "clusters[c].server: Invalid value: not an https URL"
        ),
        Case(
            testDescription: "an authority in a file",
            document: kubeconfig(cluster: ["server": "https://a", "certificate-authority": "/ca.crt"]),
            problem: "clusters[c].certificate-authority: Invalid value: use \"clusters[c].certificate-authority-data\" "
                + "with the direct content of the file instead"
        ),
        Case(
            testDescription: "a server that need prove nothing",
            document: kubeconfig(cluster: ["server": "https://a", "insecure-skip-tls-verify": true]),
            problem: "clusters[c].insecure-skip-tls-verify: Invalid value: tokens are not sent to a server that proves nothing"
        ),
        Case(
            testDescription: "no credential",
            document: kubeconfig(user: ["exec": ["command": "sh"]]),
            problem: "users[u]: Required value: at least one authentication mechanism needs to be configured"
        ),
        Case(
            testDescription: "a token in a file beside one that is here",
            document: kubeconfig(user: ["token": "t", "tokenFile": "/t"]),
            problem: "users[u].tokenFile: Invalid value: use \"users[u].token\" with the direct content of the file instead"
        ),
        Case(
            testDescription: "a name without a password",
            document: kubeconfig(user: ["username": "n"]),
            problem: "users[u].password: Required value: required when 'username' is set"
        ),
        Case(
            testDescription: "a certificate without its key",
            document: kubeconfig(user: ["client-certificate-data": "eA=="]),
            problem: "users[u].client-key-data: Required value: required when 'client-certificate-data' is set"
        ),
        Case(
            testDescription: "a token that breaks the header",
            document: kubeconfig(user: ["token": "a\r\nb"]),
            problem: "users[u].token: Invalid value: has characters that no token has"
        ),
        Case(
            testDescription: "no current context",
            document: kubeconfig { $0["current-context"] = nil },
            problem: "current-context: Required value"
        ),
        Case(
            testDescription: "a context that is not there",
            document: kubeconfig { $0["current-context"] = "y" },
            problem: "current-context: Invalid value: does not appear to be present in the 'contexts' field"
        ),
        Case(
            testDescription: "a context for another user",
            document: kubeconfig { $0["contexts"] = [["name": "x", "context": ["cluster": "c", "user": "v"]]] },
            problem: "contexts[x].user: Invalid value: this value cannot be found in 'users'"
        ),
    ]

    @Test(arguments: cases)
    func refuses(_ c: Case) {
        do {
            _ = try ReviewerConfiguration(kubeconfig: c.document)
            Issue.record("was taken")
        } catch {
            #expect(error.messages == [c.problem])
        }
    }
}
