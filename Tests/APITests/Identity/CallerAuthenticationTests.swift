import Listening
import Testing
import Web

@testable import API

/// Who a request comes from, and who may speak for others.
struct CallerAuthenticationTests {
    static let admin = CertificateSubject(commonName: "system:admin", organizations: ["system:masters"])
    static let worker = CertificateSubject(commonName: "system:node:worker-0", organizations: ["system:nodes"])

    @Test func aCertificateIsItsSubject() throws {
        let caller = try CallerAuthentication.caller(certificate: Self.admin, headers: [("accept", "*/*")])
        #expect(
            caller
                == Caller(
                    username: "system:admin",
                    groups: ["system:masters", "system:authenticated"],
                    breakGlass: "system-admin"
                )
        )
    }

    @Test func nobodyWithoutACertificate() {
        #expect(throws: APIStatus.unauthorized) {
            try CallerAuthentication.caller(certificate: nil, headers: [("x-remote-user", "alice")])
        }
    }

    @Test func aWorkerSpeaksForAUser() throws {
        let caller = try CallerAuthentication.caller(
            certificate: Self.worker,
            headers: [
                ("x-remote-user", "oidc:alice"), ("x-remote-group", "dev"), ("x-remote-group", "ops"), ("x-remote-uid", "7"),
                ("x-remote-extra-example.com%2fteam", "a"), ("x-remote-extra-example.com%2fteam", "b"),
            ]
        )
        #expect(
            caller
                == Caller(
                    username: "oidc:alice",
                    uid: "7",
                    groups: ["dev", "ops", "system:authenticated"],
                    extra: ["example.com/team": ["a", "b"]],
                    actingThrough: "system:node:worker-0"
                )
        )
    }

    /// A worker that was taken over must not become an administrator by a header.
    @Test func groupsOfTheSystemAreNotPassedOn() throws {
        let caller = try CallerAuthentication.caller(
            certificate: Self.worker,
            headers: [("x-remote-user", "alice"), ("x-remote-group", "system:masters"), ("x-remote-group", "dev")]
        )
        #expect(caller.groups == ["dev", "system:authenticated"])
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let name: String
        let certificate: CertificateSubject
        let headers: [String: String]
        let code: Int
        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(name: "an administrator for others", certificate: admin, headers: ["x-remote-user": "alice"], code: 403),
        Refusal(name: "a group without a user", certificate: worker, headers: ["x-remote-group": "dev"], code: 401),
        Refusal(name: "an empty user", certificate: worker, headers: ["x-remote-user": ""], code: 401),
        Refusal(
            name: "a holder of a certificate",
            certificate: worker,
            headers: ["x-remote-user": "break-glass:alice"],
            code: 401
        ),
        Refusal(name: "a system user", certificate: worker, headers: ["x-remote-user": "system:admin"], code: 401),
    ]

    @Test(arguments: refusals)
    func refuses(_ c: Refusal) {
        let error = #expect(throws: APIStatus.self) {
            try CallerAuthentication.caller(certificate: c.certificate, headers: c.headers.map { ($0, $1) })
        }
        #expect(error?.code == c.code)
    }
}
