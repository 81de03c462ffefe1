import JSON
import Testing

@testable import Schema

/// Whether a mode that works may be left.
struct BreakGlassVerdictTests {
    private static let now: Int64 = 1_800_000_000
    private static let day: Int64 = 86_400

    private static func certificate(
        _ name: String,
        used: Int64?,
        expires: Int64? = now + 365 * day
    ) -> BreakGlassCertificate {
        var status = BreakGlassCertificate.Status()
        status.lastUsedTime = used.map(Timestamp.text)
        status.expirationTime = expires.map(Timestamp.text)
        return BreakGlassCertificate(metadata: ObjectMeta(name: name), status: status)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let certificates: [BreakGlassCertificate]
        var days: Int64 = 7
        let verdict: BreakGlassVerdict
        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "there is none", certificates: [], verdict: .unverified(days: 7, lastUse: nil)),
        Case(
            name: "never used",
            certificates: [certificate("a", used: nil)],
            verdict: .unverified(days: 7, lastUse: nil)
        ),
        Case(
            name: "no status yet",
            certificates: [BreakGlassCertificate(metadata: ObjectMeta(name: "a"))],
            verdict: .unverified(days: 7, lastUse: nil)
        ),
        Case(name: "used just now", certificates: [certificate("a", used: now)], verdict: .verified(certificate: "a")),
        Case(
            name: "used seven days ago",
            certificates: [certificate("a", used: now - 7 * day)],
            verdict: .verified(certificate: "a")
        ),
        Case(
            name: "used a second earlier",
            certificates: [certificate("a", used: now - 7 * day - 1)],
            verdict: .unverified(days: 7, lastUse: now - 7 * day - 1)
        ),
        Case(
            name: "the latest of several",
            certificates: [certificate("a", used: now - 30 * day), certificate("b", used: now - day)],
            verdict: .verified(certificate: "b")
        ),
        Case(
            name: "used, and expired since",
            certificates: [certificate("a", used: now - 60, expires: now)],
            verdict: .unverified(days: 7, lastUse: nil)
        ),
        Case(
            name: "of unknown end",
            certificates: [certificate("a", used: now, expires: nil)],
            verdict: .unverified(days: 7, lastUse: nil)
        ),
        Case(
            name: "in a longer time",
            certificates: [certificate("a", used: now - 300 * day)],
            days: 365,
            verdict: .verified(certificate: "a")
        ),
        Case(name: "not asked for", certificates: [], days: 0, verdict: .notRequired),
    ]

    @Test(arguments: cases) func judges(_ c: Case) {
        #expect(breakGlassVerdict(c.certificates, withinDays: c.days, now: Self.now) == c.verdict)
    }

    // MARK: - The switch

    struct Switch: CustomTestStringConvertible, Sendable {
        let from: Authentication.Mode
        let to: Authentication.Mode
        let inForce: Set<Authentication.Mode>
        var verdict = BreakGlassVerdict.unverified(days: 7, lastUse: nil)
        let isRefused: Bool
        var testDescription: String { "\(from) to \(to), while \(inForce.map(\.rawValue).sorted()) works: \(verdict)" }
    }

    private static let switches = [
        Switch(from: .integratedOAuth, to: .oidc, inForce: [.integratedOAuth], isRefused: true),
        Switch(from: .oidc, to: .none, inForce: [.oidc], isRefused: true),
        Switch(from: .oidc, to: .oidc, inForce: [.oidc], isRefused: false),
        // Nothing works that could be lost.
        Switch(from: .integratedOAuth, to: .oidc, inForce: [], isRefused: false),
        // The way back from a mode that never came into force, and from one that is on its way.
        Switch(from: .oidc, to: .integratedOAuth, inForce: [.integratedOAuth], isRefused: false),
        Switch(from: .oidc, to: .integratedOAuth, inForce: [.integratedOAuth, .oidc], isRefused: false),
        // A third mode is no way back.
        Switch(from: .oidc, to: .none, inForce: [.integratedOAuth], isRefused: true),
        Switch(
            from: .integratedOAuth,
            to: .oidc,
            inForce: [.integratedOAuth],
            verdict: .verified(certificate: "a"),
            isRefused: false
        ),
        Switch(from: .integratedOAuth, to: .oidc, inForce: [.integratedOAuth], verdict: .notRequired, isRefused: false),
    ]

    @Test(arguments: switches) func keepsAModeThatWorks(_ c: Switch) {
        let refusal = ModeSwitch(modesInForce: c.inForce, breakGlass: c.verdict).refusal(from: c.from, to: c.to)
        #expect((refusal != nil) == c.isRefused)
    }

    @Test func saysWhatToDo() throws {
        let verdict = BreakGlassVerdict.unverified(days: 1, lastUse: Self.now - 3 * Self.day)
        let text = try #require(
            ModeSwitch(modesInForce: [.oidc], breakGlass: verdict).refusal(from: .oidc, to: .integratedOAuth)
        )
        #expect(
            text == """
                OIDC works now and would be left for IntegratedOAuth, but no valid break-glass certificate has been used in the last \
                day, but last at 2027-01-12T08:00:00Z. Prove first that one opens the door when no token does: ctl break-glass \
                verify --kubeconfig DATA/admin.kubeconfig (DATA: the controller's data folder)
                """
        )
    }

    // MARK: - Objects

    private static func admit(_ object: JSONValue, replacing old: JSONValue? = nil, _ modeSwitch: ModeSwitch? = nil) throws {
        let catalog = try ResourceCatalog.builtIn()
        let definition = try #require(
            catalog.definition(
                apiVersion: object["apiVersion"]?.stringValue ?? "",
                kind: object["kind"]?.stringValue ?? ""
            )
        )
        _ = try Admission(catalog: catalog, options: .init(modeSwitch: modeSwitch)).admit(
            object,
            as: definition,
            replacing: old
        )
    }

    private static func authentication(_ type: String) -> JSONValue {
        [
            "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
            "spec": ["type": .string(type)],
        ]
    }

    @Test func admissionRefusesTheSwitchAndNothingElse() throws {
        let gate = ModeSwitch(modesInForce: [.integratedOAuth], breakGlass: .unverified(days: 7, lastUse: nil))
        let error = #expect(throws: InvalidObject.self) {
            try Self.admit(Self.authentication("None"), replacing: Self.authentication(""), gate)
        }
        #expect(error?.issues.map(\.path.description) == ["spec.type"] && error?.issues.first?.reason == .forbidden)
        try Self.admit(Self.authentication("IntegratedOAuth"), replacing: Self.authentication(""), gate)
        try Self.admit(Self.authentication("None"), replacing: Self.authentication("None"), gate)
        try Self.admit(Self.authentication("None"), replacing: Self.authentication(""), nil)
        try Self.admit(Self.authentication("None"), gate)
    }

    private static func object(_ name: String, _ spec: JSONValue?) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "postern.dev/v1alpha1", "kind": "BreakGlassCertificate", "metadata": ["name": .string(name)],
        ]
        object["spec"] = spec
        return object
    }

    @Test(
        arguments: [
            ("alice", nil, "spec is required"), ("alice", [:], "spec.request"),
            ("system-admin", ["request": "x"], "but for system-admin"),
            ("alice", ["request": "x", "ttlSeconds": 599], "spec.ttlSeconds"),
            ("alice", ["request": "x", "ttlSeconds": 86_401], "spec.ttlSeconds"),
            ("alice", ["request": .string(String(repeating: "x", count: 16_385))], "spec.request"),
            (String(repeating: "a", count: 53), ["request": "x"], "52 characters"),
        ] as [(String, JSONValue?, String)]
    )
    func refuses(_ name: String, _ spec: JSONValue?, _ reason: String) throws {
        let error = #expect(throws: InvalidObject.self) { try Self.admit(Self.object(name, spec)) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func takesWhatIsRightAndKeepsIt() throws {
        try Self.admit(Self.object("system-admin", nil))
        let alice = Self.object(String(repeating: "a", count: 52), ["request": "x", "ttlSeconds": 600])
        try Self.admit(alice)
        var other = alice
        other["spec"]?["ttlSeconds"] = 86_400
        #expect(throws: InvalidObject.self) { try Self.admit(other, replacing: alice) }
    }

    @Test(
        arguments: [
            ("system:admin", "system-admin"), ("break-glass:alice", "alice"), ("alice", nil), ("break-glass", nil),
            ("system:admins", nil), ("Break-Glass:alice", nil), ("break-glass:", ""),
        ] as [(String, String?)]
    )
    func knowsItsUsers(_ user: String, _ name: String?) {
        #expect(BreakGlassCertificate.name(ofUser: user) == name)
        if let name { #expect(BreakGlassCertificate.user(of: name) == user) }
    }
}
