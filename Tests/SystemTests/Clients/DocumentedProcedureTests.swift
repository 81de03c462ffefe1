import Foundation
import Testing

/// The procedure that OKD's documentation describes, typed with the kubectl of three years.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(3)), .enabled(if: !RealClients.versions().isEmpty))
struct DocumentedProcedureTests {
    private static let editor = """
        #!/bin/bash
        # What stands in the file from `spec` on makes room for the configuration.
        sed -i '/^spec:/,$d' "$1"
        cat spec.yaml >> "$1"
        """

    @Test(arguments: RealClients.versions())
    func worksAsDocumented(_ version: String) async throws {
        try await TestIssuer.with { issuer in
            try await TestCluster.with { cluster, _ in
                try Self.prepare(cluster, issuer)
                try await cluster.play(
                    Transcript("procedure.txt"),
                    kubectl: version,
                    variables: [
                        "TOKEN": issuer.token(for: "oc-cli-test", #"{"email": "user1@example.com", "email_verified": true}"#),
                        "WORKER": cluster.workerURL(0),
                    ]
                )
            }
        }
    }

    private static func prepare(_ cluster: TestCluster, _ issuer: TestIssuer) throws {
        let folder = cluster.folder
        try FileManager.default.createDirectory(at: folder.appending(path: "my-directory"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: issuer.authority, to: folder.appending(path: "my-directory/ca-bundle.crt"))
        let editor = folder.appending(path: "editor")
        try Data(Self.editor.utf8).write(to: editor)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: editor.path)
        try Data(spec(issuer.url).utf8).write(to: folder.appending(path: "spec.yaml"))
    }

    private static func spec(_ issuer: String) -> String {
        """
        spec:
          oidcProviders:
          - claimMappings:
              groups:
                claim: groups
                prefix: 'oidc-groups-test:'
              username:
                claim: email
                prefixPolicy: Prefix
                prefix:
                  prefixString: 'oidc-user-test:'
            issuer:
              audiences:
              - console-test
              - oc-cli-test
              issuerCertificateAuthority:
                name: keycloak-oidc-ca
              issuerURL: \(issuer)
            name: 'keycloak-oidc-server'
            oidcClients:
            - clientID: oc-cli-test
              componentName: cli
              componentNamespace: openshift-console
            - clientID: console-test
              clientSecret:
                name: console-secret
              componentName: console
              componentNamespace: openshift-console
          type: OIDC
          webhookTokenAuthenticator: null

        """
    }
}
