import AuthenticationFile
import Schema
import Snapshot
import Testing

struct SnapshotTests {
    private func snapshot(_ text: String) throws -> WorkerSnapshot {
        try AuthenticationConfiguration.read(Array(text.utf8), source: "file.yaml")
            .snapshot(revision: 3, allowsReservedNames: false)
    }

    @Test func meansWhatKubernetesMeans() throws {
        let file = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            jwt:
            - issuer:
                url: https://sso.example
                discoveryURL: https://idp.internal/x
                audiences: [a, b]
                audienceMatchPolicy: MatchAny
              claimValidationRules:
              - {claim: hd, requiredValue: example.org}
              - {claim: present}
              - {expression: claims.a == 'b', message: nope}
              claimMappings:
                username: {claim: email, prefix: ''}
                groups: {claim: groups, prefix: 'oidc:'}
                uid: {claim: sub}
                extra:
                - {key: example.org/a, valueExpression: claims.a}
              userValidationRules:
              - {expression: user.username != 'x', message: never}
            - issuer: {url: https://other.example, audiences: [c]}
              claimMappings:
                username: {expression: claims.sub}
                groups: {expression: claims.roles}
            """
        let found = try snapshot(file)
        let first = Issuer(
            name: "https://sso.example",
            issuerURL: "https://sso.example",
            discoveryURL: "https://idp.internal/x",
            audiences: ["a", "b"],
            claimMappings: ClaimMappings(
                username: .claim("email", prefix: ""),
                groups: .claim("groups", prefix: "oidc:"),
                groupsText: .oneGroup,
                uid: .claim("sub", prefix: ""),
                extra: [.init(key: "example.org/a", valueExpression: "claims.a")]
            ),
            claimValidationRules: [
                .requiredClaim(claim: "hd", requiredValue: "example.org"), .requiredClaim(claim: "present", requiredValue: ""),
                .cel(expression: "claims.a == 'b'", message: "nope"),
            ],
            userValidationRules: [UserValidationRule(expression: "user.username != 'x'", message: "never")]
        )
        let second = Issuer(
            name: "https://other.example",
            issuerURL: "https://other.example",
            audiences: ["c"],
            claimMappings: ClaimMappings(
                username: .expression("claims.sub"),
                groups: .expression("claims.roles"),
                groupsText: .oneGroup,
                uid: nil
            )
        )
        #expect(found == WorkerSnapshot(revision: 3, mode: .oidc, issuers: [first, second]))
        let open = try AuthenticationConfiguration.read(Array(file.utf8), source: "file.yaml")
            .snapshot(revision: 3, allowsReservedNames: true)
        #expect(open.issuers.map(\.allowsReservedNames) == [true, true])
    }

    @Test func takesARealCertificateAmongOtherText() throws {
        let authority = "# ours\\n" + pem.split(whereSeparator: \.isNewline).joined(separator: "\\n")
        let file = text(issuer: "audiences: [a], certificateAuthority: \"\(authority)\"")
        #expect(try snapshot(file).issuers.first?.certificateAuthority == "# ours\n" + pem)
    }

    @Test func refusesEgressThatAWorkerDoesNotHave() throws {
        let file = Array(text(issuer: "audiences: [a], egressSelectorType: controlplane").utf8)
        let configuration = try AuthenticationConfiguration.read(file, source: "file.yaml")
        let error = #expect(throws: AuthenticationConfiguration.UnsupportedFields.self) {
            try configuration.snapshot(revision: 1, allowsReservedNames: false)
        }
        #expect(error?.issues.map(\.path.description) == ["jwt[0].issuer.egressSelectorType"])
    }
}

/// An authority whose key nobody has.
private let pem = """
    -----BEGIN CERTIFICATE-----
    MIIBiTCCAS+gAwIBAgIUL8ZZn8O3pXB7vCooMVwt9rQBLvEwCgYIKoZIzj0EAwIw
    GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMTE0NjM3WhgPMjEy
    NjEwMjgxMTQ2MzdaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
    zj0CAQYIKoZIzj0DAQcDQgAErZC/xv/Pz3hWHYa5wglie+G9lU3qd934R5dBWCpV
    9wFEg1XiT77NSESyQZyejPNceoRO0Xy2eA7enRKIvdoO56NTMFEwHQYDVR0OBBYE
    FIEQ7FdVXHhB2OORAzAihxp023W7MB8GA1UdIwQYMBaAFIEQ7FdVXHhB2OORAzAi
    hxp023W7MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgNGgt6yrt
    FvRSpzwFI/2gr5NV8XvSl89ULZfy/1YjerMCIQDzz3zSgQ4cbBvskTQtJtbVTQJr
    fWE46SiL9NEvTHTKQw==
    -----END CERTIFICATE-----
    """
