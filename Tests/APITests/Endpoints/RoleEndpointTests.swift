import JSON
import Listening
import Testing
import Web

@testable import API

/// Roles and bindings as requests: what they give, and that nobody gives more than they have.
struct RoleEndpointTests {
    private static let rbac = "/apis/rbac.authorization.k8s.io/v1"
    private static let clusterRoles = "\(rbac)/clusterroles"
    private static let clusterBindings = "\(rbac)/clusterrolebindings"
    private static let alice = CertificateSubject(commonName: "alice", organizations: ["dev"])

    private static func role(_ name: String, kind: String = "ClusterRole", _ rules: JSONValue) -> JSONValue {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind), "metadata": ["name": .string(name)],
            "rules": rules,
        ]
    }

    private static func binding(_ name: String, kind: String = "ClusterRoleBinding", role: String, to user: String) -> JSONValue
    {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind), "metadata": ["name": .string(name)],
            "subjects": [["kind": "User", "name": .string(user)]],
            "roleRef": ["kind": "ClusterRole", "name": .string(role)],
        ]
    }

    private static func rule(_ verbs: JSONValue, _ resources: JSONValue, group: String = "") -> JSONValue {
        ["verbs": verbs, "apiGroups": [.string(group)], "resources": resources]
    }

    /// Gives alice the rules everywhere.
    private static func give(_ api: TestAPI, _ rules: JSONValue) async throws {
        #expect(try await api.create(clusterRoles, role("own", rules)).code == 201)
        #expect(try await api.create(clusterBindings, binding("own", role: "own", to: "alice")).code == 201)
        try await api.roles.load()
    }

    @Test func aBindingGivesWhatTheRoleSays() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(TestAPI.configMaps, TestAPI.configMap("a")).code == 201)
            #expect(try await api.get("\(TestAPI.configMaps)/a", as: Self.alice).code == 403)
            try await Self.give(api, [Self.rule(["get"], ["configmaps"])])
            #expect(try await api.get("\(TestAPI.configMaps)/a", as: Self.alice).code == 200)
            #expect(try await api.get(TestAPI.configMaps, as: Self.alice).code == 403)
            let throughWorker = try await api.send(
                "GET",
                "\(TestAPI.configMaps)/a",
                as: TestAPI.worker,
                headers: ["X-Remote-User": "alice"]
            )
            #expect(throughWorker.code == 200)
            #expect(try await api.send("DELETE", "\(Self.clusterBindings)/own").code == 200)
            try await api.roles.load()
            #expect(try await api.get("\(TestAPI.configMaps)/a", as: Self.alice).code == 403)
        }
    }

    @Test func nobodyGivesMoreThanTheyHave() async throws {
        try await TestAPI.with { api in
            let secrets = Self.rule(["get", "list"], ["secrets"])
            #expect(try await api.create(Self.clusterRoles, Self.role("secret", [secrets])).code == 201)
            try await Self.give(
                api,
                [
                    Self.rule(["get"], ["configmaps"]),
                    Self.rule(
                        ["create", "update", "patch", "get"],
                        ["clusterroles", "clusterrolebindings"],
                        group: RoleGrants.group
                    ),
                ]
            )
            let own = Self.role("mine", [Self.rule(["get"], ["configmaps"])])
            #expect(try await api.create(Self.clusterRoles, own, as: Self.alice).code == 201)
            let more = try await api.create(Self.clusterRoles, Self.role("more", [secrets]), as: Self.alice)
            #expect(more.code == 403)
            #expect(
                more.message == """
                    clusterroles.rbac.authorization.k8s.io "more" is forbidden: user "alice" (groups=["dev" \
                    "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
                    {APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}
                    """
            )
            let patched = try await api.patch("\(Self.clusterRoles)/mine", ["rules": [secrets]], as: Self.alice)
            #expect(patched.code == 403)
            let applied = try await api.send(
                "PATCH",
                "\(Self.clusterRoles)/mine?fieldManager=x&force=true",
                as: Self.alice,
                headers: ["Content-Type": "application/apply-patch+yaml"],
                body: JSONWriter.bytes(of: Self.role("mine", [secrets]))
            )
            #expect(applied.code == 403, "\(applied.text)")
            let bound = Self.binding("b", role: "secret", to: "alice")
            #expect(try await api.create(Self.clusterBindings, bound, as: Self.alice).code == 403)
            #expect(try await api.create(Self.clusterBindings, bound).code == 201)
            let unknown = try await api.create(
                Self.clusterBindings,
                Self.binding("c", role: "none", to: "alice"),
                as: Self.alice
            )
            #expect(unknown.code == 404)
        }
    }

    @Test func bindAndEscalateLiftIt() async throws {
        try await TestAPI.with { api in
            let secrets = Self.rule(["get"], ["secrets"])
            #expect(try await api.create(Self.clusterRoles, Self.role("secret", [secrets])).code == 201)
            var bind = Self.rule(["bind"], ["clusterroles"], group: RoleGrants.group)
            bind["resourceNames"] = ["secret"]
            try await Self.give(
                api,
                [
                    bind, Self.rule(["escalate", "create"], ["clusterroles"], group: RoleGrants.group),
                    Self.rule(["create"], ["clusterrolebindings"], group: RoleGrants.group),
                ]
            )
            let bound = Self.binding("b", role: "secret", to: "alice")
            #expect(try await api.create(Self.clusterBindings, bound, as: Self.alice).code == 201)
            #expect(try await api.create(Self.clusterRoles, Self.role("new", [secrets]), as: Self.alice).code == 201)
            let other = Self.binding("c", role: "new", to: "alice")
            #expect(try await api.create(Self.clusterBindings, other, as: Self.alice).code == 403)
        }
    }

    @Test func anApplyThatCreatesNeedsTheRightToCreate() async throws {
        try await TestAPI.with { api in
            try await Self.give(api, [Self.rule(["patch"], ["configmaps"])])
            let headers = ["Content-Type": "application/apply-patch+yaml"]
            let body = JSONWriter.bytes(of: TestAPI.configMap("a"))
            let path = "\(TestAPI.configMaps)/a?fieldManager=x"
            let refused = try await api.send("PATCH", path, as: Self.alice, headers: headers, body: body)
            #expect(refused.code == 403)
            #expect(refused.message.contains("cannot create resource"), "\(refused.message)")
            let created = try await api.create(TestAPI.configMaps, TestAPI.configMap("a"))
            #expect(created.code == 201)
            let applied = try await api.send("PATCH", "\(path)&force=true", as: Self.alice, headers: headers, body: body)
            #expect(applied.code == 200, "\(applied.text)")
        }
    }

    @Test func whoMaySeeOneObjectMayListAndWatchIt() async throws {
        try await TestAPI.with { api in
            var one = Self.rule(["get", "list", "watch"], ["configmaps"])
            one["resourceNames"] = ["motd"]
            try await Self.give(api, [one])
            let named = "\(TestAPI.configMaps)?fieldSelector=metadata.name%3Dmotd"
            #expect(try await api.get(named, as: Self.alice).code == 200)
            let others = [
                TestAPI.configMaps, "\(TestAPI.configMaps)?fieldSelector=metadata.name%3Dother",
                "\(TestAPI.configMaps)?fieldSelector=metadata.name!%3Dmotd",
                "\(TestAPI.configMaps)?fieldSelector=metadata.name%3Dmotd,metadata.name%3Dother",
                "\(TestAPI.configMaps)?labelSelector=metadata.name%3Dmotd",
            ]
            for path in others {
                let reply = try await api.get(path, as: Self.alice)
                #expect(reply.code == 403, "\(path)")
            }
        }
    }

    @Test func theRoleOfABindingStays() async throws {
        try await TestAPI.with { api in
            #expect(try await api.create(Self.clusterBindings, Self.binding("b", role: "one", to: "alice")).code == 201)
            let reply = try await api.patch("\(Self.clusterBindings)/b", ["roleRef": ["name": "two"]])
            #expect(reply.code == 422)
            #expect(reply.message.contains("cannot change roleRef"), "\(reply.message)")
        }
    }

    struct InvalidRole: CustomTestStringConvertible, Sendable {
        var kind = "ClusterRole"
        let rule: JSONValue
        let message: String
        var testDescription: String { message }
    }

    static let invalidRoles = [
        InvalidRole(rule: ["verbs": ["get"]], message: "rules[0].apiGroups: Required value"),
        InvalidRole(rule: ["verbs": ["get"], "apiGroups": [""]], message: "rules[0].resources: Required value"),
        InvalidRole(
            rule: ["verbs": [], "nonResourceURLs": ["/x"]],
            message: "rules[0].verbs: Required value: verbs must contain at least one value"
        ),
        InvalidRole(rule: ["nonResourceURLs": ["/x"]], message: "rules[0].verbs: Required value"),
        InvalidRole(
            rule: ["verbs": ["get"], "nonResourceURLs": ["/x"], "resources": ["a"]],
            message: "rules cannot apply to both regular resources and non-resource URLs"
        ),
        InvalidRole(
            rule: ["verbs": ["get"], "nonResourceURLs": ["/x"], "resourceNames": ["a"]],
            message: "rules[0].nonResourceURLs: Invalid value"
        ),
        InvalidRole(
            kind: "Role",
            rule: ["verbs": ["get"], "nonResourceURLs": ["/x"]],
            message: "namespaced rules cannot apply to non-resource URLs"
        ),
    ]

    @Test(arguments: invalidRoles)
    func refuses(_ c: InvalidRole) async throws {
        try await TestAPI.with { api in
            let path = c.kind == "Role" ? "\(Self.rbac)/namespaces/default/roles" : Self.clusterRoles
            let reply = try await api.create(path, Self.role("r", kind: c.kind, [c.rule]))
            #expect(reply.code == 422)
            #expect(reply.message.contains(c.message), "\(reply.message)")
        }
    }

    @Test func tellsEverybodyTheirRules() async throws {
        try await TestAPI.with { api in
            try await Self.give(api, [Self.rule(["get"], ["configmaps"])])
            let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
            let reply = try await api.create(path, ["spec": ["namespace": "default"]], as: Self.alice)
            #expect(reply.code == 201)
            let rules = reply.json.value(at: "status", "resourceRules")?.arrayValue ?? []
            #expect(rules.contains(["verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"]]), "\(reply.text)")
            let urls = (reply.json.value(at: "status", "nonResourceRules")?.arrayValue ?? [])
                .flatMap { $0["nonResourceURLs"].stringValues }
            #expect(urls.contains("/livez*"))
            #expect(try await api.create(path, ["spec": [:]], as: Self.alice).code == 400)
        }
    }

    // MARK: - In somebody else's name

    private static func whoAmI(_ api: TestAPI, as subject: CertificateSubject, _ headers: [String: String]) async throws
        -> TestAPI.Reply
    {
        var headers = headers
        headers["Content-Type"] = "application/json"
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        return try await api.send("POST", path, as: subject, headers: headers, body: Array("{}".utf8))
    }

    @Test func anAdministratorMaySpeakAsSomebodyElse() async throws {
        try await TestAPI.with { api in
            let headers = ["Impersonate-User": "bob", "Impersonate-Group": "dev", "Impersonate-Extra-a%2fb": "c"]
            let info = try await Self.whoAmI(api, as: TestAPI.admin, headers).json.value(at: "status", "userInfo")
            #expect(info?["username"] == "bob")
            #expect(info?["groups"] == ["dev", "system:authenticated"])
            #expect(info?["extra"] == ["a/b": ["c"]])
            let asBob = try await api.send("GET", TestAPI.cluster, headers: ["Impersonate-User": "bob"])
            #expect(asBob.code == 403)
            #expect(asBob.message.contains("User \"bob\" cannot get"))
            let account = ["Impersonate-User": "system:serviceaccount:ns:robot"]
            let groups = try await Self.whoAmI(api, as: TestAPI.admin, account).json.value(at: "status", "userInfo", "groups")
            #expect(groups == ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"])
        }
    }

    @Test func nobodyElseMay() async throws {
        try await TestAPI.with { api in
            let refused = try await Self.whoAmI(api, as: Self.alice, ["Impersonate-User": "bob"])
            #expect(refused.code == 403)
            #expect(
                refused.message.contains("users \"bob\" is forbidden: User \"alice\" cannot impersonate resource \"users\"")
            )
            var bob = Self.rule(["impersonate"], ["users"])
            bob["resourceNames"] = ["bob"]
            try await Self.give(api, [bob])
            #expect(try await Self.whoAmI(api, as: Self.alice, ["Impersonate-User": "bob"]).code == 201)
            for more in [["Impersonate-Group": "system:masters"], ["Impersonate-Uid": "1"], ["Impersonate-Extra-x": "y"]] {
                let headers = more.merging(["Impersonate-User": "bob"]) { first, _ in first }
                #expect(try await Self.whoAmI(api, as: Self.alice, headers).code == 403, "\(more)")
            }
            #expect(try await Self.whoAmI(api, as: TestAPI.admin, ["Impersonate-Group": "dev"]).code == 400)
        }
    }

    /// Rights that a worker's word brings do not reach the names of the system.
    @Test func namesOfTheSystemNeedACertificate() async throws {
        try await TestAPI.with { api in
            try await Self.give(api, [Self.rule(["*"], ["*"], group: "*")])
            let headers = ["X-Remote-User": "alice", "Impersonate-User": "bob"]
            #expect(try await Self.whoAmI(api, as: TestAPI.worker, headers).code == 201)
            for group in ["system:masters", "system:serviceaccountX", "system:serviceaccountsX"] {
                let more = headers.merging(["Impersonate-Group": group]) { first, _ in first }
                #expect(try await Self.whoAmI(api, as: TestAPI.worker, more).code == 403, "\(group)")
            }
            #expect(try await Self.whoAmI(api, as: Self.alice, ["Impersonate-User": "system:admin"]).code == 201)
        }
    }
}
