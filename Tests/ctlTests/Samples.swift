import Foundation
import JSON
import Schema

/// Objects of a small installation, as the API gives them.
enum Samples {
    /// 2026-03-01T12:00:00Z
    static let now = Date(timeIntervalSince1970: 1_772_366_400)

    static let authenticationYAML = """
        apiVersion: config.openshift.io/v1
        kind: Authentication
        metadata:
          name: cluster
          generation: 3
          resourceVersion: "120"
          annotations:
            postern.dev/changed-by: system:admin
            postern.dev/changed-with: ctl-apply
            kubernetes.io/change-cause: prefix for the new provider
        spec:
          type: OIDC
          webhookTokenAuthenticator: null
          oidcProviders:
          - name: keycloak-oidc-server
            issuer:
              issuerURL: https://keycloak.example/realms/demo
              audiences: [console-test, oc-cli-test]
              issuerCertificateAuthority: {name: idp-ca}
            claimMappings:
              username: {claim: email, prefixPolicy: Prefix, prefix: {prefixString: "oidc-user-test:"}}
              groups: {claim: groups, prefix: "oidc-groups-test:"}
              extra:
              - {key: example.com/team, valueExpression: claims.team}
            claimValidationRules:
            - {type: RequiredClaim, requiredClaim: {claim: hd, requiredValue: example.com}}
            - {type: CEL, cel: {expression: claims.exp - claims.iat < 86400, message: too long}}
            userValidationRules:
            - {expression: "!user.username.startsWith('system:')", message: reserved}
            oidcClients:
            - {clientID: console-test, clientSecret: {name: console-secret}, componentName: console, componentNamespace: openshift-console}
            - {clientID: oc-cli-test, componentName: cli, componentNamespace: openshift-console, extraScopes: [email, profile]}
        status:
          conditions:
          - {type: Available, status: "True", reason: AsExpected, message: 3 nodes are active, lastTransitionTime: "2026-03-01T11:00:00Z", observedGeneration: 3}
          - {type: Degraded, status: "False", reason: AsExpected, message: All is well, lastTransitionTime: "2026-03-01T11:59:15Z", observedGeneration: 3}
          - {type: Progressing, status: "True", reason: NodeInstaller, message: 2 nodes are at revision 8, lastTransitionTime: "2026-03-01T11:59:57Z", observedGeneration: 2}
          oidcClients:
          - componentName: console
            componentNamespace: openshift-console
            currentOIDCClients: [{oidcProviderName: keycloak-oidc-server, issuerURL: https://keycloak.example/realms/demo, clientID: console-test}]
        """

    static func yaml(_ text: String) throws -> JSONValue {
        try ManifestReader.read(text, source: "sample").first?.value ?? .null
    }

    static func authentication() throws -> JSONValue { try yaml(authenticationYAML) }

    /// - Parameter records: name, current, target, and the error that the latest revision met there.
    static func kubeAPIServer(latest: Int64, _ records: [(String, Int64, Int64, String?)]) -> JSONValue {
        let statuses = records.map { name, current, target, error -> JSONValue in
            var status: JSONValue = [
                "nodeName": .string(name), "currentRevision": .integer(current), "targetRevision": .integer(target),
            ]
            if let error {
                status["lastFailedRevision"] = .integer(latest)
                status["lastFailedRevisionErrors"] = [.string(error)]
            }
            return status
        }
        let isEverywhere = records.allSatisfy { $0.1 == latest }
        return [
            "status": [
                "latestAvailableRevision": .integer(latest), "lastGoodRevision": .integer(isEverywhere ? latest : latest - 1),
                "nodeStatuses": .array(statuses),
            ]
        ]
    }

    static func node(_ name: String, ready: Bool = true) -> JSONValue {
        let condition: JSONValue =
            ready
            ? ["type": "Ready", "status": "True", "reason": "Serving"]
            : ["type": "Ready", "status": "False", "reason": "ProcessExited", "message": "ended by signal 9"]
        return ["metadata": ["name": .string(name)], "status": ["conditions": [condition]]]
    }

    static func revision(_ number: Int64, mode: String, cause: String, spec: JSONValue, created: String) -> JSONValue {
        [
            "metadata": ["name": .string("authentication-\(number)"), "creationTimestamp": .string(created)],
            "spec": [
                "revision": .integer(number), "mode": .string(mode), "cause": .string(cause), "changedBy": "system:admin",
                "changedWith": "ctl-apply", "authentication": spec,
            ],
        ]
    }
}
