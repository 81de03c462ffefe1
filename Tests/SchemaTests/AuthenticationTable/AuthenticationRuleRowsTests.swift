import JSON
import Testing

@testable import Schema

/// Every CEL rule and every list of which no item may occur twice: accepted, refused, and on updates of an invalid stored value.
struct AuthenticationRuleRowsTests {
    @Test(arguments: AuthenticationRuleRows.rows) func judges(_ row: TableRow) throws {
        try judge(row)
        let admitted = try admission().admit(row.touched(row.bad), replacing: row.object(row.bad))
        #expect(row.says.allSatisfy(admitted.warnings.contains), "what is let pass is said: \(admitted.warnings)")
    }

    @Test(arguments: AuthenticationRepetitions.rows) func repetitions(_ row: TableRow) throws { try judge(row) }

    /// Each rule of the manifest has a row of its own: a new one cannot be forgotten.
    @Test func nothingIsLeftOut() throws {
        let definition = try #require(
            try ResourceCatalog.builtIn().definition(apiVersion: "config.openshift.io/v1", kind: "Authentication")
        )
        let messages = Set(Self.messages(in: definition.openAPISchema))
        let said = (AuthenticationRuleRows.rows.flatMap(\.says) + [AuthenticationRulesTests.unregistered]).joined(
            separator: "\n"
        )
        #expect(messages.count > 40)
        #expect(messages.filter { !said.contains($0) } == [])
    }

    private static func messages(in schema: JSONValue) -> [String] {
        switch schema {
        case .object(let object):
            let own = object["x-kubernetes-validations"]?.arrayValue?.compactMap { $0["message"]?.stringValue } ?? []
            return own + object.flatMap { messages(in: $0.value) }
        case .array(let values): return values.flatMap(messages)
        default: return []
        }
    }

    /// The only rule that judges changes: asked on updates only, and never let pass because nothing changed.
    @Test func clientsThatNobodyRegistered() throws {
        let client = { (name: String) -> JSONValue in
            [["componentNamespace": "openshift-console", "componentName": .string(name), "clientID": "c"]]
        }
        let row = TableRow(
            name: "clients are registered",
            path: "\(AuthenticationFields.provider).oidcClients",
            good: client("console"),
            bad: client("stranger"),
            says: [],
            other: client("another"),
            saysOfOther: ["Invalid value: \"object\": \(AuthenticationRulesTests.unregistered)"]
        )
        try judge(row)
    }

    /// One provider: a limit that admission sets, and that what is stored may exceed.
    @Test func moreThanOneProvider() throws {
        let providers = { (count: Int) -> JSONValue in
            .array(
                (0..<count).map { index in
                    [
                        "name": .string("idp\(index)"),
                        "issuer": ["issuerURL": .string("https://idp\(index).example"), "audiences": ["one"]],
                        "claimMappings": ["username": ["claim": "sub"]],
                    ]
                }
            )
        }
        let says = { (count: Int) in
            [
                "spec.oidcProviders: Too many: \(count): must have at most 1 items: multipleOIDCProviders: true in the RolloutPolicy "
                    + "\"cluster\" allows more"
            ]
        }
        let row = TableRow(
            name: "one provider",
            path: "spec.oidcProviders",
            good: providers(1),
            bad: providers(2),
            says: says(2),
            other: providers(3),
            saysOfOther: says(3)
        )
        try judge(row)
    }
}
