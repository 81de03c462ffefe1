import Testing
import Web

@testable import API

/// The table of who may do what, asked from outside.
struct AccessRulesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let group: String
        let user: String
        let verb: String
        let path: String
        let allowed: Bool
        var testDescription: String { "\(user) \(verb) \(path)" }
    }

    private static func admin(_ verb: String, _ path: String) -> Case {
        Case(group: "system:masters", user: "system:admin", verb: verb, path: path, allowed: true)
    }

    private static func worker(_ verb: String, _ path: String, _ allowed: Bool) -> Case {
        Case(group: "system:nodes", user: "system:node:worker-0", verb: verb, path: path, allowed: allowed)
    }

    private static func oauth(_ verb: String, _ path: String, _ allowed: Bool) -> Case {
        Case(group: "system:oauth-servers", user: "system:oauth-server", verb: verb, path: path, allowed: allowed)
    }

    private static func user(_ verb: String, _ path: String, _ allowed: Bool) -> Case {
        Case(group: "dev", user: "alice", verb: verb, path: path, allowed: allowed)
    }

    static let cases = [
        admin("delete", "/apis/config.openshift.io/v1/authentications/cluster"),
        admin("get", "/metrics"),
        worker("watch", "/apis/operator.openshift.io/v1/kubeapiservers", true),
        worker("get", "/apis/postern.dev/v1alpha1/authenticationrevisions/authentication-3", true),
        worker("list", "/apis/oauth.openshift.io/v1/oauthaccesstokens", true),
        worker("create", "/apis/oauth.openshift.io/v1/oauthaccesstokens", false),
        worker("patch", "/api/v1/nodes/worker-0/status", true),
        worker("patch", "/api/v1/nodes/worker-1/status", false),
        worker("patch", "/api/v1/nodes/worker-0", false),
        worker("get", "/api/v1/nodes/worker-0", true),
        worker("list", "/api/v1/nodes", false),
        worker("get", "/api/v1/namespaces/openshift-config/secrets/s", false),
        worker("get", "/apis/config.openshift.io/v1/authentications/cluster", false),
        oauth("create", "/apis/oauth.openshift.io/v1/oauthaccesstokens", true),
        oauth("list", "/api/v1/namespaces/openshift-config/secrets", true),
        oauth("list", "/api/v1/namespaces/default/secrets", false),
        oauth("list", "/api/v1/secrets", false),
        oauth("update", "/api/v1/namespaces/openshift-config/secrets/s", false),
        oauth("patch", "/apis/config.openshift.io/v1/oauths/cluster", false),
        user("create", "/apis/authentication.k8s.io/v1/selfsubjectreviews", true),
        user("get", "/apis/user.openshift.io/v1/users/~", true),
        user("get", "/apis/user.openshift.io/v1/users/bob", false),
        user("list", "/apis/user.openshift.io/v1/users", false),
        user("get", "/apis/config.openshift.io/v1/authentications/cluster", false),
        user("get", "/version", true),
        user("get", "/openapi/v3/api/v1", true),
        user("get", "/metrics", false),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) {
        let subject: AccessAttempt.Subject =
            if case .resource(let target)? = RequestTarget(path: c.path) { .resource(target) } else { .path(c.path) }
        let caller = Caller(username: c.user, groups: [c.group, "system:authenticated"])
        #expect(AccessRules.builtIn.allow(AccessAttempt(verb: c.verb, subject: subject), by: caller) == c.allowed)
    }

    @Test func refusesInKubernetesWords() {
        let caller = Caller(username: "x", groups: [])
        let cluster = ResourceTarget(group: "config.openshift.io", version: "v1", plural: "authentications", name: "cluster")
        #expect(
            AccessAttempt(.get, cluster).refusal(of: caller).message
                == "authentications.config.openshift.io \"cluster\" is forbidden: User \"x\" cannot get resource \"authentications\" "
                + "in API group \"config.openshift.io\" at the cluster scope"
        )
        let status = ResourceTarget(group: "", version: "v1", plural: "secrets", namespace: "a")
        #expect(
            AccessAttempt(.list, status).refusal(of: caller).message
                == "secrets is forbidden: User \"x\" cannot list resource \"secrets\" in API group \"\" in the namespace \"a\""
        )
    }
}
