import Schema

/// Who may do what with the API whatever is stored, in one table: those who cannot be locked out, and the parts of this program.
struct AccessRules: Sendable {
    let rules: [AccessRule]

    func allow(_ attempt: AccessAttempt, by caller: Caller) -> Bool {
        rules.contains { $0.allows(attempt, by: caller) }
    }

    static let builtIn = AccessRules(rules: [
        // The break-glass certificate: nothing can lock it out.
        AccessRule(group: "system:masters", verbs: ["*"], resources: ["*"], paths: ["*"]),

        // Everybody may ask who they are, what they may do, and what there is.
        AccessRule(
            group: CallerAuthentication.everybody,
            verbs: ["create"],
            resources: [
                "authentication.k8s.io/selfsubjectreviews", "authorization.k8s.io/selfsubjectaccessreviews",
                "authorization.k8s.io/selfsubjectrulesreviews",
            ]
        ),
        AccessRule(
            group: CallerAuthentication.everybody,
            verbs: ["get"],
            resources: ["user.openshift.io/users"],
            names: .only(["~"])
        ),
        AccessRule(
            group: CallerAuthentication.everybody,
            verbs: ["get", "head"],
            resources: [],
            paths: ["/", "/livez*", "/readyz*", "/healthz*", "/version", "/api", "/api/*", "/apis", "/apis/*", "/openapi/*"]
        ),

        // Workers read what they judge by, and report on themselves.
        AccessRule(
            group: CallerAuthentication.workers,
            verbs: ["get", "list", "watch"],
            resources: [
                "operator.openshift.io/kubeapiservers", "postern.dev/authenticationrevisions",
                "oauth.openshift.io/oauthaccesstokens", "user.openshift.io/users", "user.openshift.io/groups",
            ]
        ),
        AccessRule(
            group: CallerAuthentication.workers,
            verbs: ["get", "list", "watch"],
            resources: ["/nodes"],
            names: .ownNode
        ),
        AccessRule(
            group: CallerAuthentication.workers,
            verbs: ["get", "patch", "update"],
            resources: ["/nodes/status"],
            names: .ownNode
        ),

        // Who joins gets certificates, and renews them.
        AccessRule(
            group: WorkerToken.holders,
            verbs: ["create"],
            resources: ["postern.dev/\(WorkerCertificate.plural)"]
        ),
        AccessRule(
            group: CallerAuthentication.workers,
            verbs: ["create"],
            resources: ["postern.dev/\(WorkerCertificate.plural)"]
        ),

        // The OAuth server reads its configuration and keeps users and tokens.
        AccessRule(
            group: oauthServers,
            verbs: ["get", "list", "watch"],
            resources: [
                "config.openshift.io/oauths", "config.openshift.io/authentications", "postern.dev/authenticationrevisions",
            ]
        ),
        AccessRule(
            group: oauthServers,
            verbs: ["get", "list", "watch"],
            resources: ["/secrets", "/configmaps"],
            namespace: "openshift-config"
        ),
        AccessRule(
            group: oauthServers,
            verbs: ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
            resources: [
                "user.openshift.io/users", "user.openshift.io/identities", "user.openshift.io/groups",
                "oauth.openshift.io/oauthclients", "oauth.openshift.io/oauthaccesstokens",
                "oauth.openshift.io/oauthauthorizetokens",
                "oauth.openshift.io/oauthclientauthorizations",
            ]
        ),
    ])

    private static let oauthServers = "system:oauth-servers"
}
