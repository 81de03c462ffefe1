import CEL
import Testing

/// The rule of the whole Authentication object, which looks at the new object and at the old one.
struct TransitionRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let new: CELValue
        let old: CELValue
        let outcome: Outcome
        var testDescription: String { name }
    }

    enum Outcome: Equatable, Sendable {
        case holds
        case broken
        case error(CELEvaluationError)
    }

    static let rule = """
        !has(self.spec.oidcProviders) || self.spec.oidcProviders.all(p, !has(p.oidcClients) || p.oidcClients.all(specC, \
        self.status.oidcClients.exists(statusC, statusC.componentNamespace == specC.componentNamespace && \
        statusC.componentName == specC.componentName) || (has(oldSelf.spec.oidcProviders) && \
        oldSelf.spec.oidcProviders.exists(oldP, oldP.name == p.name && has(oldP.oidcClients) && \
        oldP.oidcClients.exists(oldC, oldC.componentNamespace == specC.componentNamespace && \
        oldC.componentName == specC.componentName)))))
        """

    static let client: CELValue = ["componentName": "console", "componentNamespace": "openshift-console"]
    static let other: CELValue = ["componentName": "cli", "componentNamespace": "openshift-console"]
    static let bare: CELValue = ["spec": [:]]

    static let cases: [Case] = [
        Case(name: "no providers", new: bare, old: bare, outcome: .holds),
        Case(name: "no clients", new: ["spec": ["oidcProviders": [["name": "p"]]]], old: bare, outcome: .holds),
        Case(name: "in status", new: object([client], status: [client]), old: bare, outcome: .holds),
        Case(
            name: "in the old spec",
            new: object([client], status: [other]),
            old: object([client], status: []),
            outcome: .holds
        ),
        Case(name: "in the old spec, without status", new: object([client]), old: object([client]), outcome: .holds),
        Case(name: "nowhere", new: object([client], status: [other]), old: bare, outcome: .broken),
        Case(name: "nowhere, without status", new: object([client]), old: bare, outcome: .error(.noSuchKey("status"))),
        Case(
            name: "one of two nowhere",
            new: object([client, other], status: [client]),
            old: object([client]),
            outcome: .broken
        ),
    ]

    @Test(arguments: cases)
    func decides(_ c: Case) throws {
        let program = try Program.compile(Self.rule, in: .schemaRules, variables: ["self": Self.type, "oldSelf": Self.type])
        let outcome: Outcome
        do {
            outcome = try program.evaluate(["self": c.new, "oldSelf": c.old]) == true ? .holds : .broken
        } catch {
            outcome = .error(error)
        }
        #expect(outcome == c.outcome)
    }

    static func object(_ clients: [CELValue], status: [CELValue]? = nil) -> CELValue {
        let spec: CELValue = ["oidcProviders": [["name": "p", "oidcClients": .list(clients)]]]
        return status.map { ["spec": spec, "status": ["oidcClients": .list($0)]] } ?? ["spec": spec]
    }

    static let type: CELType = {
        let client = ResourceRuleTests.object(["componentName", "componentNamespace"])
        let provider = CELType.object(CELObjectType(name: "provider", fields: ["name": .string, "oidcClients": .list(client)]))
        let spec = CELType.object(CELObjectType(name: "spec", fields: ["oidcProviders": .list(provider)]))
        let status = CELType.object(CELObjectType(name: "status", fields: ["oidcClients": .list(client)]))
        return .object(CELObjectType(name: "Authentication", fields: ["spec": spec, "status": status]))
    }()
}
